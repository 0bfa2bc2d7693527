import Crypto
import Edge
import Foundation
import X509

/// nginx as the edge: what lies in its folder, how it is started, and when it has to read its files again.
struct EdgeServer: Sendable {
  /// A folder of its own. nginx works in it and names everything by its place there, so that neither odd characters in
  /// paths nor folders above that its workers may not enter disturb it.
  let folder: String
  let certificate: String
  let certificateKey: String
  /// PEM file of the authority of the services' certificates.
  let authority: String
  /// What the configuration is to say now; services' addresses may change while the edge runs.
  let configuration: @Sendable () -> EdgeConfiguration

  /// The user as whom requests are worked on when `ecrm` is root; the master process reads the key before that.
  static func worker() -> OrdinaryUser? {
    geteuid() == 0 ? OrdinaryUser(name: "www-data") ?? OrdinaryUser(name: "nobody") : nil
  }

  /// The program, or how to get it.
  static func nginx() throws -> String {
    // An ordinary user's path may lack the folder of servers.
    let path = (ProcessInfo.processInfo.environment["PATH"] ?? "") + ":/usr/sbin"
    if let nginx = Program.find("nginx", in: path) { return nginx }
    throw Fault("nginx, which is the suite's edge, is missing: install nginx-light, or run `make setup`.")
  }

  private var configurationPath: String { folder + "/edge.conf" }

  /// Makes the folder, what it links to and the configuration.
  func prepare() throws {
    let worker = Self.worker()
    for path in [folder, folder + "/temporary"] {
      try Files.makeFolder(path, mode: worker == nil ? 0o700 : 0o711)
    }
    for (name, target) in [("certificate.pem", certificate), ("key.pem", certificateKey), ("authority.pem", authority)]
    {
      try Self.link(folder + "/" + name, to: target)
    }
    for (name, file) in ConsoleFiles.find() { try Self.place(file, as: folder + "/" + name, for: worker) }
    try writeConfiguration()
  }

  /// Writes the configuration where it says something else by now.
  private func writeConfiguration() throws {
    let text = configuration().text
    guard try Files.text(configurationPath) != text.trimmingCharacters(in: .whitespacesAndNewlines) else { return }
    try Files.write(text, to: configurationPath, mode: 0o644)
  }

  func program(_ options: [String] = [], log: String? = nil) throws -> Program {
    Program(
      path: try Self.nginx(), arguments: options + ["-p", "./", "-c", "edge.conf", "-e", "stderr"],
      environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"], workingFolder: folder, log: log)
  }

  /// What keeps nginx from working with the files as they are now; nil when nothing does.
  func fault() -> String? {
    do {
      if let leaf = try Authority.leaf(at: certificate) {
        if leaf.notValidAfter <= Date() { return "\(certificate) has expired." }
        if leaf.notValidBefore > Date() { return "\(certificate) is not valid yet." }
      }
      let (status, output) = try program(["-t", "-q"]).run()
      guard status != 0 else { return nil }
      let lines = output.split(separator: "\n").map(String.init)
      return lines.first { $0.contains("[emerg]") } ?? lines.last ?? "nginx refuses its configuration."
    } catch {
      return "\(error)"
    }
  }

  /// Has the process read its files again whenever they have changed and are sound, until this is cancelled.
  func keepFresh(
    _ process: KeptProcess, everySeconds: Double, tell: @escaping @Sendable (String) -> Void
  ) async {
    var (read, refused) = (digest(), nil as SHA256.Digest?)
    while !Task.isCancelled {
      try? await Task.sleep(for: .seconds(everySeconds))
      if Task.isCancelled { return }
      do {
        try writeConfiguration()
      } catch {
        tell("\(error)")
      }
      let found = digest()
      guard found != read, found != refused else { continue }
      if let fault = fault() {
        refused = found
        tell("The edge goes on with the files it has read, because of the new ones: \(fault)")
        continue
      }
      (read, refused) = (found, nil)
      await process.signal(SIGHUP)
    }
  }

  /// Tells one state of the files from another.
  private func digest() -> SHA256.Digest {
    var hash = SHA256()
    for path in [certificate, certificateKey, authority, configurationPath] {
      let bytes = FileManager.default.contents(atPath: path) ?? Data()
      hash.update(data: SHA256.hash(data: bytes).map { $0 })
    }
    return hash.finalize()
  }

  /// Ends the workers of a master process that is gone: they would go on without it, at the edge's port.
  static func endWorkers(ofMaster master: pid_t) async {
    for _ in 0..<100 {
      let workers = workers(ofMaster: master)
      if workers.isEmpty { return }
      for worker in workers { kill(worker, SIGKILL) }
      try? await Task.sleep(for: .milliseconds(20))
    }
  }

  /// The processes of nginx in the group that the master process began.
  static func workers(ofMaster master: pid_t) -> [pid_t] {
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return entries.compactMap { pid_t($0) }.filter { pid in
      guard pid != master, let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
        let name = text.firstRange(of: "(nginx) ")
      else { return false }
      // State, parent, group.
      let fields = text[name.upperBound...].split(separator: " ")
      return fields.count > 2 && fields[0] != "Z" && fields[2] == "\(master)"
    }
  }

  private static func link(_ path: String, to target: String) throws {
    if (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) == target { return }
    try remove(path)
    guard symlink(target, path) == 0 else { throw Fault.system("link \(path) to \(target)") }
  }

  /// Links to the file or folder; copies it where the worker could not read it at its own place.
  static func place(_ file: String?, as path: String, for worker: OrdinaryUser?) throws {
    guard let file else { return try remove(path) }
    let probe = Files.isFolder(file) ? file + "/index.html" : file
    guard let worker, try !worker.canRead(probe) else { return try link(path, to: file) }
    try remove(path)
    do {
      try FileManager.default.copyItem(atPath: file, toPath: path)
    } catch {
      throw Fault("Could not copy \(file) to \(path): \(error.localizedDescription)")
    }
    let below = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
    for entry in [path] + below.map({ "\(path)/\($0)" }) { chmod(entry, Files.isFolder(entry) ? 0o755 : 0o644) }
  }

  private static func remove(_ path: String) throws {
    var information = stat()
    guard lstat(path, &information) == 0 else { return }
    do {
      try FileManager.default.removeItem(atPath: path)
    } catch {
      throw Fault("Could not remove \(path): \(error.localizedDescription)")
    }
  }
}
