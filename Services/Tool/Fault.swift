import Foundation

/// Why a command cannot do what it was asked to: one sentence that says what to do about it.
struct Fault: Error, CustomStringConvertible {
  let description: String

  init(_ sentence: String) {
    self.description = sentence
  }

  /// What the operating system refused, in its own words.
  static func system(_ action: String, error number: Int32 = errno) -> Fault {
    let reason = String(cString: strerror(number))
    let remedy =
      switch number {
      case ENOSPC, EDQUOT: "free some space, or choose a state folder elsewhere with ECRM_HOME"
      case EACCES, EPERM, EROFS: "let this user write there, or choose a state folder elsewhere with ECRM_HOME"
      case EMFILE, ENFILE: "raise the limit of open files"
      case EAGAIN, ENOMEM: "end some processes, or raise their limit"
      default: "correct that and try again"
      }
    return Fault("Could not \(action) (\(reason)): \(remedy).")
  }
}
