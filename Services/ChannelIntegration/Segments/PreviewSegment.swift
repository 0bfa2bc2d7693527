import CustomerBase
import JSON
import Models
import Server

/// Tells for whom a rule would hold now, without keeping it: how many, and some of them with what decides.
struct PreviewSegment: Profiling {
  static let name = "segments.preview"
  static let access = Access.report(.segments)
  /// Customers that are shown.
  private static let shown = 10

  /// The rule.
  var rule: SegmentRule

  static func example(in _: ExampleData) -> PreviewSegment {
    PreviewSegment(
      rule: .all([
        .trait(TraitClause(name: "language", is: RawJSON(wellFormed: #""en""#))),
        .ordered(OrderedClause(atLeast: 1)),
      ]))
  }

  func run(_ call: Call) async throws -> SegmentPreview {
    try rule.check()
    let plan = SegmentPlan(rule, now: call.now)
    let total = call.database.send(
      "SELECT count(*) FROM base.customers c WHERE \(CustomerBase.serves(.profiling, "c.id"))")
    let found = call.database.send(
      """
      \(plan.evaluation(of: plan.everybody))
      SELECT count(*), COALESCE((array_agg(e.customer ORDER BY e.customer))[1:\(Self.shown)::int4], '{}')
      FROM evaluation e WHERE e.holds
      """)
    let customers: Int = try await total.one()
    guard let row = try await found.rows().first else { throw Failure.unavailable }
    let (count, some) = try row.decode(Int.self, [ID<Customer>].self)
    let explained = try await plan.explain(some, in: call.database)
    return SegmentPreview(
      asOf: call.now, count: count, customers: customers,
      sample: some.compactMap { customer in
        explained[customer].map { SegmentPreview.Sample(customer: customer, clause: $0) }
      }, scansEverything: !plan.scans.isEmpty, scans: plan.scans)
  }
}

/// For whom a rule would hold.
struct SegmentPreview: Codable, Sendable {
  /// When that was.
  var asOf: Timestamp
  /// For how many customers it holds.
  var count: Int
  /// How many customers there are whom profiling may serve.
  var customers: Int
  /// The first of them, at most ten.
  var sample: [Sample]
  /// Whether every customer had to be looked at.
  var scansEverything: Bool
  /// The clauses that are the reason.
  var scans: [SegmentScan]

  /// A customer for whom the rule holds.
  struct Sample: Codable, Sendable {
    /// The customer.
    var customer: ID<Customer>
    /// What decides.
    var clause: ExplainedClause
  }
}
