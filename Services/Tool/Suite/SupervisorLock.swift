import Foundation

/// What makes a supervisor the only one of its state folder, or a restore the only one: a lock on the file that names it.
///
/// The lock ends with its process, however that ends.
struct SupervisorLock: ~Copyable {
  private let descriptor: Int32
  private let path: String

  /// Takes the lock; nil when another supervisor has it.
  static func take(_ state: StateFolder) throws -> SupervisorLock? {
    try take(state.supervisorRecord)
  }

  /// The same on another file than the supervisor's.
  static func take(_ path: String) throws -> SupervisorLock? {
    while true {
      let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
      guard descriptor >= 0 else { throw Fault.system("open \(path)") }
      guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
        close(descriptor)
        return nil
      }
      // Whoever had it before may have removed the file between the two steps: then this is a lock on nothing.
      if Self.isName(path, of: descriptor) { return SupervisorLock(descriptor: descriptor, path: path) }
      close(descriptor)
    }
  }

  private init(descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
    let text = ProcessIdentity(pid: getpid())?.text ?? ""
    ftruncate(descriptor, 0)
    Files.writeAll(Array(text.utf8), to: descriptor)
  }

  deinit {
    // After somebody has removed the state folder, the file of this name may be the next supervisor's.
    if Self.isName(path, of: descriptor) { unlink(path) }
    close(descriptor)
  }

  /// Whether the state folder still holds the lock's file; not when somebody has removed it.
  var isInPlace: @Sendable () -> Bool {
    { [descriptor, path] in Self.isName(path, of: descriptor) }
  }

  private static func isName(_ path: String, of descriptor: Int32) -> Bool {
    var (held, named) = (stat(), stat())
    return fstat(descriptor, &held) == 0 && stat(path, &named) == 0 && held.st_ino == named.st_ino
      && held.st_dev == named.st_dev
  }
}
