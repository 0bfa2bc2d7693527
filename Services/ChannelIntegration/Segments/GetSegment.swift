import CustomerBase
import Models
import Server

/// A segment's rule, how many customers are in it, and whether all were measured by the rule.
struct GetSegment: Method {
  static let name = "segments.get"
  static let access = Access.snapshot(.segments)
  static let failures: [Failure] = [.notFound]

  /// The segment.
  var segment: SegmentKey

  static func example(in _: ExampleData) -> GetSegment { GetSegment(segment: SegmentKey(fixed: "english")) }

  func run(_ call: Call) async throws -> Segment {
    guard let stored = try await call.customerBase.segment(segment.text) else {
      throw Failure.notFound.about("segment")
    }
    return Segment(
      try ListedSegment(stored), members: try await call.customerBase.countMembers(of: segment.text),
      scans: SegmentPlan(try stored.readRule(), now: call.now).scans)
  }
}

/// A segment.
struct Segment: Codable, Sendable {
  /// Its rule, and how far that has come.
  var segment: ListedSegment
  /// How many customers are in it.
  var members: Int
  /// Whether every customer has to be looked at to find those for whom the rule holds.
  var scansEverything: Bool
  /// The clauses that are the reason.
  var scans: [SegmentScan]

  init(_ segment: ListedSegment, members: Int, scans: [SegmentScan]) {
    self.segment = segment
    self.members = members
    scansEverything = !scans.isEmpty
    self.scans = scans
  }
}

/// A segment as lists tell it.
struct ListedSegment: Codable, Sendable {
  /// Key of the segment.
  var key: String
  /// Who is in it.
  var rule: SegmentRule
  /// Counts the rules that it has had.
  var version: Int
  /// Whether everybody was measured by the rule.
  var state: SegmentState
  /// The job that measures, or measured, everybody by it.
  var job: ID<Job>?
  /// When the rule was saved.
  var savedAt: Timestamp

  init(_ stored: StoredSegment) throws {
    key = stored.key
    rule = try stored.readRule()
    version = stored.version
    state = stored.isComputed ? .ready : .computing
    job = stored.job
    savedAt = stored.savedAt
  }
}

/// How far the customers of a segment are those of its rule.
enum SegmentState: String, Codable, CaseIterable, Sendable {
  /// A job measures everybody by the rule; until then some are still those of the version before.
  case computing
  /// Everybody was measured, and is followed since.
  case ready
}
