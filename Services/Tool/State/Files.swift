import Foundation

/// Files as a suite needs them: replaced in one step, with a mode of their own, and faults that say what to do.
enum Files {
  /// Replaces the file in one step: a reader sees the old content or the new, also after a crash.
  ///
  /// What root writes belongs to whom its folder belongs to, who is to read it.
  static func write(_ content: [UInt8], to path: String, mode: mode_t) throws {
    let temporary = "\(path).\(getpid()).new"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw Fault.system("write \(path)") }
    do {
      defer { close(descriptor) }
      let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
      if geteuid() == 0, let owner = owner(folder), owner != 0 { _ = fchown(descriptor, owner, gid_t.max) }
      // The mode is meant as it stands, whatever the umask takes away.
      guard fchmod(descriptor, mode) == 0, writeAll(content, to: descriptor), fsync(descriptor) == 0 else {
        let fault = Fault.system("write \(path)")
        unlink(temporary)
        throw fault
      }
    }
    guard rename(temporary, path) == 0 else { throw Fault.system("write \(path)") }
  }

  static func write(_ content: String, to path: String, mode: mode_t) throws {
    try write(Array(content.utf8), to: path, mode: mode)
  }

  /// Writes all bytes to the descriptor; false with `errno` set when that fails.
  @discardableResult
  static func writeAll(_ content: [UInt8], to descriptor: Int32) -> Bool {
    content.withUnsafeBytes { bytes in
      var written = 0
      while written < bytes.count {
        let count = Foundation.write(descriptor, bytes.baseAddress?.advanced(by: written), bytes.count - written)
        if count < 0 && errno == EINTR { continue }
        guard count >= 0 else { return false }
        written += count
      }
      return true
    }
  }

  /// The file's text without the white space around it, nil when there is no such file.
  static func text(_ path: String) throws -> String? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    do {
      let text = try String(contentsOfFile: path, encoding: .utf8)
      return text.trimmingCharacters(in: .whitespacesAndNewlines)
    } catch {
      throw Fault("Could not read \(path): run ecrm as the user who owns it, or choose another ECRM_HOME.")
    }
  }

  static func makeFolder(_ path: String, mode: mode_t) throws {
    var information = stat()
    if stat(path, &information) == 0 {
      guard information.st_mode & S_IFMT == S_IFDIR else {
        throw Fault("\(path) is in the way: remove it, because a folder of that name is needed.")
      }
      return
    }
    let parent = URL(fileURLWithPath: path).deletingLastPathComponent().path
    if parent != path { try makeFolder(parent, mode: 0o755) }
    guard mkdir(path, mode) == 0 || errno == EEXIST, chmod(path, mode) == 0 else {
      throw Fault.system("make the folder \(path)")
    }
  }

  /// Who owns the file; nil when there is none.
  static func owner(_ path: String) -> uid_t? {
    var information = stat()
    return stat(path, &information) == 0 ? information.st_uid : nil
  }

  static func mode(_ path: String) -> mode_t? {
    var information = stat()
    return stat(path, &information) == 0 ? information.st_mode & 0o7777 : nil
  }

  static func size(_ path: String) -> Int? {
    var information = stat()
    return stat(path, &information) == 0 ? Int(information.st_size) : nil
  }

  static func userName(_ user: uid_t) -> String {
    guard let entry = getpwuid(user) else { return "user \(user)" }
    return String(cString: entry.pointee.pw_name)
  }

  /// The path with every link on its way followed; nil when there is no such file.
  static func resolved(_ path: String) -> String? {
    guard let pointer = realpath(path, nil) else { return nil }
    defer { free(pointer) }
    return String(cString: pointer)
  }

  static func isFolder(_ path: String) -> Bool {
    var information = stat()
    return stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFDIR
  }

  static func isReadable(_ path: String) -> Bool { access(path, R_OK) == 0 }

  static func isExecutable(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
      && access(path, X_OK) == 0
  }

  /// Bytes that may still be written in this folder.
  static func freeBytes(_ path: String) -> Int? {
    var information = statvfs()
    guard statvfs(path, &information) == 0 else { return nil }
    return Int(information.f_bavail) * Int(information.f_frsize)
  }

  /// The last line of a log that says something, for a fault to quote.
  static func lastLine(_ path: String) -> String? {
    guard let handle = FileHandle(forReadingAtPath: path) else { return nil }
    defer { try? handle.close() }
    guard let size = try? handle.seekToEnd(), (try? handle.seek(toOffset: size - min(size, 8192))) != nil,
      let bytes = try? handle.readToEnd()
    else { return nil }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
      .last { !$0.trimmingCharacters(in: .whitespaces).isEmpty }
  }
}
