import Metrics
import Synchronization

/// What is counted of calls, each series made once: looking one up by its labels costs more than counting.
struct CallMetrics: Sendable {
  private struct Series: Hashable {
    let method: String
    let code: Int
  }

  private final class Refusals: Sendable {
    let counters = Mutex<[Series: Counter]>([:])
  }

  private let durations: [String: Metrics.Timer]
  private let successes: [String: Counter]
  private let refusals = Refusals()

  /// The method that calls of no known method are counted under, or callers could grow the metrics without end.
  static let unknownMethod = "unknown"

  init(methods: [String]) {
    durations = Dictionary(uniqueKeysWithValues: (methods + [Self.unknownMethod]).map { ($0, Self.timer($0)) })
    successes = Dictionary(uniqueKeysWithValues: methods.map { ($0, Self.counter($0, 0)) })
  }

  /// Counts a call; the code is that of its error, 0 for success.
  func record(_ method: String, code: Int, _ duration: Duration) {
    durations[method]?.record(duration: duration)
    if code == 0 { return successes[method]?.increment() ?? () }
    let counter = refusals.counters.withLock { counters in
      let series = Series(method: method, code: code)
      if let known = counters[series] { return known }
      let made = Self.counter(method, code)
      counters[series] = made
      return made
    }
    counter.increment()
  }

  private static func timer(_ method: String) -> Metrics.Timer {
    Metrics.Timer(label: "rpc_duration_seconds", dimensions: [("method", method)])
  }

  private static func counter(_ method: String, _ code: Int) -> Counter {
    Counter(label: "rpc_requests_total", dimensions: [("method", method), ("code", "\(code)")])
  }
}
