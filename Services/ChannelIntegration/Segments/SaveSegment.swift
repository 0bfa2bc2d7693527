import CustomerBase
import JSON
import Models
import Server

/// Keeps a segment: a rule, and from then on the customers for whom it holds.
///
/// A job measures everybody; after it, who is in the segment follows what happens within a second, and what only passes
/// within a minute. Saving another rule under the key makes another version, and the customers are those of the last
/// version until the job comes to them. Saving the same rule again changes nothing.
///
/// A segment says whom something may be meant for, never that it is allowed: `consents.check` is asked at use.
struct SaveSegment: Method {
  static let name = "segments.save"
  static let access = Access.write(.segments)

  /// Key of the segment.
  var key: SegmentKey
  /// Who is in it.
  var rule: SegmentRule

  static func example(in _: ExampleData) -> SaveSegment {
    SaveSegment(
      key: SegmentKey(fixed: "tea-drinkers"),
      rule: .all([
        .ordered(OrderedClause(atLeast: 2, withinDays: 365, category: "Tea")),
        .not(.consent(ConsentClause(purpose: "marketing", channel: Channel(fixed: "email"), state: .withdrawn))),
      ]))
  }

  func run(_ call: Call) async throws -> SavedSegment {
    try rule.check()
    let scans = SegmentPlan(rule, now: call.now).scans
    let base = call.customerBase
    if let held = try await base.hold(segments: [key.text]).first, held.isComputed, try held.readRule() == rule {
      return SavedSegment(held, job: nil, scans: scans)
    }
    let stored = try await base.save(segment: key.text, rule: RawJSON(wellFormed: try encodeJSON(rule)))
    let started = try call.start(ComputeSegmentWork(stored)).job
    base.measure(segment: key.text, by: started)
    return SavedSegment(stored, job: started, scans: scans)
  }
}

/// A segment that was saved.
struct SavedSegment: Codable, Sendable {
  /// The segment.
  var segment: String
  /// Counts the rules that it has had.
  var version: Int
  /// The job that measures everybody by the rule; absent where everybody was measured by it before.
  var job: ID<Job>?
  /// Whether every customer has to be looked at to find those for whom the rule holds.
  var scansEverything: Bool
  /// The clauses that are the reason.
  var scans: [SegmentScan]

  init(_ stored: StoredSegment, job: ID<Job>?, scans: [SegmentScan]) {
    segment = stored.key
    version = stored.version
    self.job = job
    scansEverything = !scans.isEmpty
    self.scans = scans
  }
}
