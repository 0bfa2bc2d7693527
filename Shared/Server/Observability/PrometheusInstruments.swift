import CoreMetrics
import Synchronization

/// One series of a metric: what swift-metrics writes to and the exposition reads.
protocol Instrument: AnyObject, Sendable {
  /// Appends the lines of this series.
  func append(to text: inout [UInt8], name: String, labels: String)
}

/// Counts up.
final class CounterInstrument: CounterHandler, FloatingPointCounterHandler, Instrument {
  private let value = Mutex(0.0)

  func increment(by amount: Int64) { value.withLock { $0 += Double(amount) } }
  func increment(by amount: Double) { value.withLock { $0 += amount } }
  func reset() { value.withLock { $0 = 0 } }

  func append(to text: inout [UInt8], name: String, labels: String) {
    text.appendSample(name, labels, value.withLock { $0 })
  }
}

/// Holds the last value.
final class GaugeInstrument: MeterHandler, RecorderHandler, Instrument {
  private let value = Mutex(0.0)

  func set(_ new: Int64) { value.withLock { $0 = Double(new) } }
  func set(_ new: Double) { value.withLock { $0 = new } }
  func increment(by amount: Double) { value.withLock { $0 += amount } }
  func decrement(by amount: Double) { value.withLock { $0 -= amount } }
  func record(_ new: Int64) { set(new) }
  func record(_ new: Double) { set(new) }

  func append(to text: inout [UInt8], name: String, labels: String) {
    text.appendSample(name, labels, value.withLock { $0 })
  }
}

/// A classic histogram; of timers in seconds.
final class HistogramInstrument: TimerHandler, RecorderHandler, Instrument {
  private struct State {
    var counts: [UInt64]
    var sum = 0.0
    var count: UInt64 = 0
  }

  private let bounds: [Double]
  private let state: Mutex<State>

  init(bounds: [Double]) {
    self.bounds = bounds
    self.state = Mutex(State(counts: Array(repeating: 0, count: bounds.count)))
  }

  func record(_ value: Int64) { record(Double(value)) }

  func record(_ value: Double) {
    guard value.isFinite else { return }
    let bucket = bounds.firstIndex { value <= $0 }
    state.withLock { state in
      if let bucket { state.counts[bucket] += 1 }
      state.sum += value
      state.count += 1
    }
  }

  func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1_000_000_000) }

  func append(to text: inout [UInt8], name: String, labels: String) {
    let state = state.withLock { $0 }
    var total: UInt64 = 0
    for (bound, count) in zip(bounds, state.counts) {
      total += count
      text.appendSample(name + "_bucket", Self.labels(labels, upTo: "\(bound)"), Double(total))
    }
    text.appendSample(name + "_bucket", Self.labels(labels, upTo: "+Inf"), Double(state.count))
    text.appendSample(name + "_sum", labels, state.sum)
    text.appendSample(name + "_count", labels, Double(state.count))
  }

  private static func labels(_ labels: String, upTo bound: String) -> String {
    labels.isEmpty ? "le=\"\(bound)\"" : "\(labels),le=\"\(bound)\""
  }
}

extension [UInt8] {
  mutating func appendSample(_ name: String, _ labels: String, _ value: Double) {
    append(text: name)
    if !labels.isEmpty {
      append(UInt8(ascii: "{"))
      append(text: labels)
      append(UInt8(ascii: "}"))
    }
    append(UInt8(ascii: " "))
    append(text: Self.number(value))
    append(UInt8(ascii: "\n"))
  }

  private static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
    return Int64(exactly: value).map(String.init) ?? "\(value)"
  }
}
