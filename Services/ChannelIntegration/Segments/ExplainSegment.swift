import CustomerBase
import Models
import Server

/// Tells why a customer is in a segment or is not: each clause of the rule, whether it holds now, and the fact that decides.
struct ExplainSegment: AboutCustomer, Profiling {
  static let name = "segments.explain"
  static let access = Access.snapshot(.segments)
  static let failures: [Failure] = [.notFound]

  /// The customer, by any of its profiles.
  var customer: ID<Customer>
  /// The segment.
  var segment: SegmentKey

  static func example(in data: ExampleData) -> ExplainSegment {
    ExplainSegment(customer: data.ada, segment: SegmentKey(fixed: "english"))
  }

  func run(_ call: Call) async throws -> ExplainedSegment {
    let customer = try await call.customerBase.customer(of: customer)
    guard let stored = try await call.customerBase.segment(segment.text) else {
      throw Failure.notFound.about("segment")
    }
    let rule = try stored.readRule()
    let since = try await call.customerBase.membership(of: customer, in: stored.key)
    let clause = try await SegmentPlan(rule, now: call.now).explain([customer], in: call.database)[customer]
    return ExplainedSegment(
      segment: stored.key, version: stored.version, customer: customer, isMember: since != nil, since: since,
      holds: clause?.holds ?? false, rule: rule, clause: clause)
  }
}

/// Why a customer is in a segment or is not.
struct ExplainedSegment: Codable, Sendable {
  /// The segment.
  var segment: String
  /// Version of its rule.
  var version: Int
  /// The customer.
  var customer: ID<Customer>
  /// Whether it is in the segment.
  var isMember: Bool
  /// Since when; absent where it is not.
  var since: Timestamp?
  /// Whether the rule holds now; what happened a moment ago may not have been followed yet.
  var holds: Bool
  /// The rule, which the clauses' paths are of.
  var rule: SegmentRule
  /// The clauses; absent for a customer who was erased, who is in no segment.
  var clause: ExplainedClause?
}
