import Foundation

/// What a supervisor tells: to the person at the terminal, or to the `ecrm up --detach` that waits for it.
enum News: Sendable, Equatable {
  /// Something was done on the way up.
  case step(String)
  /// Everything answers.
  case ready
  /// Another supervisor has the state folder.
  case taken
  /// It cannot go on, and ends.
  case failed(String)
  /// Something happened while it ran.
  case incident(String)

  /// One line, for a pipe.
  var line: String {
    switch self {
    case .step(let text): "step \(oneLine(text))"
    case .ready: "ready"
    case .taken: "taken"
    case .failed(let text): "failed \(oneLine(text))"
    case .incident(let text): "incident \(oneLine(text))"
    }
  }

  /// What a log keeps of it.
  var text: String {
    switch self {
    case .step(let text), .failed(let text), .incident(let text): text
    case .ready: "Everything answers."
    case .taken: "Another supervisor has the state folder."
    }
  }

  /// Reads what `line` wrote.
  init?(line: some StringProtocol) {
    let parts = line.split(separator: " ", maxSplits: 1)
    let text = (parts.count > 1 ? String(parts[1]) : "")
    switch parts.first {
    case "step": self = .step(text)
    case "ready": self = .ready
    case "taken": self = .taken
    case "failed": self = .failed(text)
    case "incident": self = .incident(text)
    default: return nil
    }
  }

  private func oneLine(_ text: String) -> String { text.replacing("\n", with: " ") }
}
