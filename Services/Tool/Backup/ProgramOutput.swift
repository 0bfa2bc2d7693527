import Synchronization

/// The first thing that a program of PostgreSQL's calls an error, for a fault to quote.
final class FirstError: Sendable {
  private let error = Mutex<String?>(nil)

  func see(_ line: String) {
    guard line.contains("error:") || line.contains("ERROR:") else { return }
    error.withLock { if $0 == nil { $0 = line } }
  }

  var text: String { error.withLock { $0 } ?? "it says nothing" }
}

/// The rows between `COPY` and the line that ends them.
final class CopiedRows: Sendable {
  private let state = Mutex((isInside: false, rows: [String]()))

  func see(_ line: String) {
    state.withLock { state in
      if line == "\\." {
        state.isInside = false
      } else if state.isInside {
        state.rows.append(line)
      } else if line.hasPrefix("COPY ") {
        state.isInside = true
      }
    }
  }

  var all: [String] { state.withLock { $0.rows } }
}
