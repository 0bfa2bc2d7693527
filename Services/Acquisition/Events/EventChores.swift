import CustomerBase
import Postgres
import Server

/// Makes the partitions of the months to come.
struct EnsurePartitions: Chore {
  static let name = "events.ensurePartitions"
  static let everySeconds = 86_400

  static func run(in base: CustomerBase) async throws {
    try await base.database.execute("SELECT acquisition.ensure_partitions()")
  }
}

/// Forgets message ids after 35 days.
struct ForgetEventIDs: Chore {
  static let name = "events.forgetIDs"
  static let everySeconds = 60

  static func run(in base: CustomerBase) async throws {
    try await base.database.execute(
      """
      DELETE FROM acquisition.event_ids WHERE ctid IN (
        SELECT ctid FROM acquisition.event_ids WHERE received_on < \(base.now.day.adding(days: -35)) LIMIT 20000
      )
      """)
  }
}
