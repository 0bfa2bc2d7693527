import Models
import Server

/// Fits the lifetime value models, BG/NBD for purchases (Fader, Hardie & Lee 2005) and Gamma-Gamma for spend (Fader &
/// Hardie 2013), tests them on what came after the calibration, and publishes them when they beat each customer's own
/// rate.
///
/// One purchase per customer and day counts, in UTC; cancelled and returned orders are none. Where orders are in several
/// currencies the one with the most orders is taken. The job's result has the parameters, the log-likelihood and the
/// backtest.
struct FitLifetimeValues: Profiling {
  static let name = "clv.fit"
  static let access = Access.write(.lifetimeValues)

  /// Last day of the calibration, UTC; what comes after it is the backtest's hold-out.
  var calibrationEnd: Day
  /// Unit of time of the parameters.
  var unit: TimeUnit
  /// Only orders of this source; the model is published for it.
  var source: SourceName?

  static func example(in _: ExampleData) -> FitLifetimeValues {
    FitLifetimeValues(calibrationEnd: ExampleData.now.day.adding(days: -90), unit: .week)
  }

  func run(_ call: Call) async throws -> JobReference {
    try call.start(FitLifetimeValuesWork(calibrationEnd: calibrationEnd, source: source))
  }
}

/// Unit of time of a model's parameters.
enum TimeUnit: String, Codable, CaseIterable, Sendable {
  /// Seven days.
  case week
}
