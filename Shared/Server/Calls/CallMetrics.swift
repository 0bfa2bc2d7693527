import Metrics
import Synchronization

/// What is counted of a method's calls, each series made once: looking one up by its labels costs more than counting.
final class CallMetrics: Sendable {
  private let method: String
  private let durations: Metrics.Timer
  private let successes: Counter
  /// By the codes of their errors.
  private let refusals = Mutex<[Int: Counter]>([:])

  init(method: String) {
    self.method = method
    durations = Metrics.Timer(label: "rpc_duration_seconds", dimensions: [("method", method)])
    successes = Self.counter(method, 0)
  }

  /// What calls of no known method are counted under, or callers could grow the metrics without end.
  static let unknownMethod = "unknown"

  /// Counts a call; the code is that of its error, 0 for success.
  func record(code: Int, _ duration: Duration) {
    durations.record(duration: duration)
    if code == 0 { return successes.increment() }
    let counter = refusals.withLock { counters in
      if let known = counters[code] { return known }
      let made = Self.counter(method, code)
      counters[code] = made
      return made
    }
    counter.increment()
  }

  private static func counter(_ method: String, _ code: Int) -> Counter {
    Counter(label: "rpc_requests_total", dimensions: [("method", method), ("code", "\(code)")])
  }
}
