import CustomerBase
import JSON
import Models
import Postgres
import Server

/// Measures everybody by a segment's rule; the work of `segments.save`.
///
/// In parts, each as of what is known when it is written: what happens meanwhile is followed beside it.
struct ComputeSegmentWork: Work {
  static let name = "segments.save"
  /// Customers that are measured in one transaction.
  private static let part = 2000

  var segment: String
  var version: Int

  init(_ stored: StoredSegment) {
    self.init(segment: stored.key, version: stored.version)
  }

  init(segment: String, version: Int) {
    self.segment = segment
    self.version = version
  }

  func run(_ job: JobRun) async throws -> JobResult<ComputedSegment> {
    let customers = try await job.snapshot { try await everybody(job, $0) }
    var moved = 0
    for start in stride(from: 0, to: customers.count, by: Self.part) {
      let part = Array(customers[start..<min(start + Self.part, customers.count)])
      moved += try await job.write { base in
        guard let stored = try await current(in: base) else { throw CancellationError() }
        let plan = try SegmentPlan(stored, now: job.now)
        let measurement = SegmentMeasurement(
          segment: segment, version: version, evaluation: plan.evaluation(of: SegmentPlan.these(part)), scope: part)
        return try await base.measure([measurement]) { _, _ in .rule }
      }
      try await job.report(Double(start + part.count) / Double(customers.count))
    }
    let result = ComputedSegment(segment: segment, version: version, measured: customers.count, moved: moved)
    let id = job.job.job
    return JobResult(result) { $0.computed(segment: segment, version: version, by: id) }
  }

  /// Whoever may be in the segment by its rule, and whoever is in it.
  private func everybody(_ job: JobRun, _ database: any Database) async throws -> [ID<Customer>] {
    let base = CustomerBase(database: database, now: job.now, ids: job.ids, author: job.author)
    guard let stored = try await base.segment(segment), stored.version == version else { return [] }
    let plan = try SegmentPlan(stored, now: job.now)
    return try await database.all(
      """
      SELECT a.customer FROM (
        \(plan.everybody)
        UNION
        SELECT m.customer FROM base.segment_members m WHERE m.segment = \(segment)
      ) a ORDER BY a.customer
      """)
  }

  /// The segment, held, while it has the rule of this work.
  private func current(in base: CustomerBase) async throws -> StoredSegment? {
    try await base.hold(segments: [segment]).first { $0.version == version }
  }
}

/// What measuring everybody by a rule did.
struct ComputedSegment: Codable, Sendable {
  /// The segment.
  var segment: String
  /// Version of its rule.
  var version: Int
  /// Customers that were looked at.
  var measured: Int
  /// Customers that entered or left.
  var moved: Int
}

extension CustomerBase {
  /// Puts work of this service into its queue.
  func enqueue<W: Work>(_ work: W) throws -> ID<Job> {
    enqueue(W.name, params: RawJSON(wellFormed: try encodeJSON(work)))
  }
}
