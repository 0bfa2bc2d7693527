import CustomerBase
import Models
import Postgres
import Server

/// Lets customers enter and leave segments as time passes: those alone whose windows have slid past a fact since.
enum FollowSegmentTime: Chore {
  static let name = "segments.followTime"
  static let everySeconds = 10
  /// Customers that are measured in one transaction.
  private static let part = 1000

  static func run(in base: CustomerBase) async throws -> Bool {
    base.shareErasureLock()
    guard let (stored, customers) = try await base.dueSegment(atMost: part) else { return false }
    // Another worker was quicker; there may be others that are due.
    guard !customers.isEmpty else { return true }
    let plan = try SegmentPlan(stored, now: base.now)
    try await base.measure([
      SegmentMeasurement(
        segment: stored.key, version: stored.version, evaluation: plan.evaluation(of: SegmentPlan.these(customers)),
        scope: customers)
    ]) { _, _ in .time }
    return true
  }
}
