import CoreMetrics
import Synchronization

/// Metrics of swift-metrics in Prometheus's text format 0.0.4.
///
/// Names are made as Prometheus wants them: counters end in `_total`, timers become histograms of seconds and end in
/// `_seconds`, any other character than letters, digits and `_` becomes `_`.
public final class PrometheusMetrics: MetricsFactory {
  /// What kind of metric a name is.
  public enum Kind: String, Sendable {
    case counter, gauge, histogram
  }

  /// A value that is read when the metrics are asked for.
  public struct Sample: Sendable {
    public var name: String
    public var kind: Kind
    public var labels: [(String, String)]
    public var value: Double

    /// A gauge, or a counter whose name ends in `_total`.
    public init(_ name: String, kind: Kind = .gauge, labels: [(String, String)] = [], value: Double) {
      self.name = name
      self.kind = kind
      self.labels = labels
      self.value = value
    }
  }

  /// Type of the answer of `/metrics`.
  public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  private struct Family {
    let kind: Kind
    var series: [String: any Instrument] = [:]
  }

  private struct State {
    var families: [String: Family] = [:]
    var collectors: [@Sendable () -> [Sample]] = []
    var help: [String: String] = [:]
  }

  private let state: Mutex<State>
  private let buckets: [String: [Double]]
  private let commonLabels: [(String, String)]

  /// Bounds of timers, in seconds.
  public static let durationBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

  /// Bounds of recorders: counts and sizes.
  public static let sizeBuckets: [Double] = [1, 2, 5, 10, 20, 50, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000]

  /// Metrics with these sentences as HELP, these bounds where the usual ones do not fit, both by exposed name, and these
  /// labels on every series.
  public init(
    help: [String: String] = [:], buckets: [String: [Double]] = [:], labels: [(String, String)] = []
  ) {
    self.state = Mutex(State(help: help))
    self.buckets = buckets
    self.commonLabels = labels
  }

  /// Says what a metric means, by its exposed name.
  public func describe(_ name: String, _ help: String) {
    state.withLock { $0.help[name] = help }
  }

  /// Adds values that are read each time the metrics are asked for; the closure must not take long.
  public func register(collector: @escaping @Sendable () -> [Sample]) {
    state.withLock { $0.collectors.append(collector) }
  }

  /// All metrics, in the text format.
  public func expose() -> [UInt8] {
    let (families, collectors, help) = state.withLock { ($0.families, $0.collectors, $0.help) }
    var sampled: [String: (kind: Kind, lines: [UInt8])] = [:]
    for sample in collectors.flatMap({ $0() }) where families[sample.name] == nil {
      sampled[sample.name, default: (sample.kind, [])].lines.appendSample(
        sample.name, labels(sample.labels), sample.value)
    }
    var text: [UInt8] = []
    for name in (Array(families.keys) + sampled.keys).sorted() {
      guard let kind = families[name]?.kind ?? sampled[name]?.kind else { continue }
      text.append(text: "# HELP \(name) \(Self.escaped(help[name] ?? Self.sentence(of: name), quotes: false))\n")
      text.append(text: "# TYPE \(name) \(kind.rawValue)\n")
      for (labels, instrument) in (families[name]?.series ?? [:]).sorted(by: { $0.key < $1.key }) {
        instrument.append(to: &text, name: name, labels: labels)
      }
      text.append(contentsOf: sampled[name]?.lines ?? [])
    }
    return text
  }

  public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    counter(label, dimensions)
  }

  public func makeFloatingPointCounter(
    label: String, dimensions: [(String, String)]
  ) -> any FloatingPointCounterHandler {
    counter(label, dimensions)
  }

  public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
    gauge(label, dimensions)
  }

  public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
    guard aggregate else { return gauge(label, dimensions) }
    return histogram(Self.name(label), dimensions, Self.sizeBuckets)
  }

  public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    histogram(Self.name(label, ending: "_seconds"), dimensions, Self.durationBuckets)
  }

  public func destroyCounter(_ handler: any CounterHandler) { destroy(handler) }
  public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { destroy(handler) }
  public func destroyMeter(_ handler: any MeterHandler) { destroy(handler) }
  public func destroyRecorder(_ handler: any RecorderHandler) { destroy(handler) }
  public func destroyTimer(_ handler: any TimerHandler) { destroy(handler) }

  func counter(_ label: String, _ dimensions: [(String, String)] = []) -> CounterInstrument {
    series(Self.name(label, ending: "_total"), .counter, dimensions) { CounterInstrument() }
  }

  func gauge(_ label: String, _ dimensions: [(String, String)] = []) -> GaugeInstrument {
    series(Self.name(label), .gauge, dimensions) { GaugeInstrument() }
  }

  private func histogram(
    _ name: String, _ dimensions: [(String, String)], _ bounds: [Double]
  ) -> HistogramInstrument {
    series(name, .histogram, dimensions) { HistogramInstrument(bounds: buckets[name] ?? bounds) }
  }

  /// The series of this name and these labels, made when it is new. A name keeps the kind it was first used with: a
  /// series of another kind still counts, but nobody sees it.
  private func series<Made: Instrument>(
    _ name: String, _ kind: Kind, _ dimensions: [(String, String)], make: () -> Made
  ) -> Made {
    let labels = labels(dimensions)
    return state.withLock { state in
      var family = state.families[name] ?? Family(kind: kind)
      if let known = family.series[labels] as? Made { return known }
      let made = make()
      guard family.kind == kind else { return made }
      family.series[labels] = made
      state.families[name] = family
      return made
    }
  }

  private func destroy(_ handler: AnyObject) {
    state.withLock { state in
      for (name, family) in state.families {
        guard let series = family.series.first(where: { $0.value === handler }) else { continue }
        state.families[name]?.series[series.key] = nil
        if state.families[name]?.series.isEmpty == true { state.families[name] = nil }
        return
      }
    }
  }

  private static func name(_ label: String, ending: String = "") -> String {
    var name = ""
    for scalar in label.unicodeScalars {
      let isNameScalar = scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
      name.unicodeScalars.append(isNameScalar ? scalar : "_")
    }
    if name.first?.isNumber ?? true { name = "_" + name }
    return name.hasSuffix(ending) ? name : name + ending
  }

  private func labels(_ dimensions: [(String, String)]) -> String {
    let common = commonLabels.filter { label in !dimensions.contains { $0.0 == label.0 } }
    return (dimensions + common).sorted { $0.0 < $1.0 }
      .map { "\(Self.name($0.0))=\"\(Self.escaped($0.1, quotes: true))\"" }.joined(separator: ",")
  }

  private static func escaped(_ text: String, quotes: Bool) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": escaped += #"\\"#
      case "\n": escaped += #"\n"#
      case "\"" where quotes: escaped += #"\""#
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  private static func sentence(of name: String) -> String {
    name.split(separator: "_").joined(separator: " ")
  }
}
