import Models
import Postgres
import Server

/// How many visitors come from step to step.
///
/// A visitor reaches a step by its event after the step before it, within the hours from a first step; any of the
/// visitor's first steps may begin the way. Visitors that are one customer count once.
struct ReportFunnel: Method {
  static let name = "funnels.report"
  static let access = Access.report(.funnels)

  /// Names of the events, 1 to 10, in order.
  var steps: [String]
  /// Hours from the first step to the last, 1 to 8,760.
  var withinHours: Int
  /// First day of the first steps, UTC.
  var from: Day
  /// Day after the last one.
  var to: Day

  static func example(in _: ExampleData) -> ReportFunnel {
    ReportFunnel(
      steps: ["Product Viewed", "Order Completed"], withinHours: 24, from: ExampleData.now.day.adding(days: -30),
      to: ExampleData.now.day.adding(days: 1))
  }

  func run(_ call: Call) async throws -> Funnel {
    guard (1...10).contains(steps.count) else {
      throw InvalidParam(path: "/params/steps", rule: "size", message: "must be 1 to 10 names")
    }
    guard (1...8760).contains(withinHours) else {
      throw InvalidParam(path: "/params/withinHours", rule: "range", message: "must be 1 to 8760")
    }
    guard from < to else {
      throw InvalidParam(path: "/params/to", rule: "range", message: "must be after from")
    }
    let counts = steps.indices.map { step in "count(\(tookColumn(step)))" as SQL }
    let medians = steps.indices.map { step in
      "percentile_cont(0.5) WITHIN GROUP (ORDER BY \(tookColumn(step)))" as SQL
    }
    let row = try await call.database.rows(
      """
      SELECT ARRAY[\(counts.joined(separator: ", "))]::int8[],
        ARRAY[\(medians.joined(separator: ", "))]::float8[]
      FROM (\(ways)) w
      """
    ).first
    guard let row else { throw Failure.unavailable }
    let (visitors, seconds) = try row.decode([Int].self, [Double?].self)
    return Funnel(
      asOf: call.now,
      steps: steps.indices.map { step in
        FunnelStep(
          event: steps[step], visitors: visitors[step],
          rate: visitors[0] == 0 ? 0 : Double(visitors[step]) / Double(visitors[0]),
          medianSeconds: step == 0 ? nil : seconds[step])
      })
  }

  /// The seconds that each customer took from a first step to each step, the first time they reached it.
  ///
  /// Each event of a step carries the latest first step from which a way leads to it, as a running maximum; no other
  /// way reaches it in less time, so it alone decides whether the hours suffice.
  private var ways: SQL {
    var level: SQL =
      """
      SELECT m.customer, e.occurred_at AS at, e.id, e.name,
        CASE WHEN e.name = \(steps[0]) AND e.occurred_at < \(to.start) THEN e.occurred_at END AS start0
      FROM acquisition.events e JOIN base.members m ON m.profile = e.profile
      WHERE e.name = ANY (\(Array(Set(steps)))) AND e.occurred_at >= \(from.start)
        AND e.occurred_at < \(to.start.adding(seconds: Int64(withinHours) * 3600))
      """
    for step in steps.indices.dropFirst() {
      let before = (0..<step).map { startColumn($0) }.joined(separator: ", ")
      level =
        """
        SELECT customer, at, id, name, \(before),
          CASE WHEN name = \(steps[step]) AND at - before <= make_interval(hours => \(withinHours)::int4) THEN before END
            AS \(startColumn(step))
        FROM (
          SELECT customer, at, id, name, \(before), max(\(startColumn(step - 1))) OVER (
              PARTITION BY customer ORDER BY at, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
          FROM (\(level)) l
        ) w
        """
    }
    let took = steps.indices.map { step in
      """
      (array_agg(extract(epoch FROM at - \(startColumn(step)))::float8 ORDER BY at, id)
        FILTER (WHERE \(startColumn(step)) IS NOT NULL))[1] AS \(tookColumn(step))
      """ as SQL
    }
    return "SELECT customer, \(took.joined(separator: ", ")) FROM (\(level)) f GROUP BY customer"
  }

  private func startColumn(_ step: Int) -> SQL { SQL(identifier: "start\(step)") }
  private func tookColumn(_ step: Int) -> SQL { SQL(identifier: "took\(step)") }
}

/// A funnel at a moment.
struct Funnel: Codable, Sendable {
  /// When the figures were taken.
  var asOf: Timestamp
  /// Steps in the order that was asked for.
  var steps: [FunnelStep]
}

/// How far visitors came.
struct FunnelStep: Codable, Sendable {
  /// Name of the step's event.
  var event: String
  /// Customers, or visitors nobody knows, that reached the step.
  var visitors: Int
  /// Share of those that took the first step.
  var rate: Double
  /// Median of the seconds from the first step to this one, of each visitor's first way to it; absent at the first
  /// step, and where nobody came.
  var medianSeconds: Double?
}
