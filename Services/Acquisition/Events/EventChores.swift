import CustomerBase
import Models
import Postgres
import Server

/// Makes the partitions of the months to come.
struct EnsurePartitions: Chore {
  static let name = "events.ensurePartitions"
  static let everySeconds = 86_400

  static func run(in base: CustomerBase) async throws -> Bool {
    try await base.database.execute("SELECT acquisition.ensure_partitions()")
    return false
  }
}

/// Forgets message ids after 35 days.
struct ForgetEventIDs: Chore {
  static let name = "events.forgetIDs"
  static let everySeconds = 60

  static func run(in base: CustomerBase) async throws -> Bool {
    try await base.database.execute(
      """
      DELETE FROM acquisition.event_ids WHERE ctid IN (
        SELECT ctid FROM acquisition.event_ids WHERE received_on < \(base.now.day.adding(days: -35)) LIMIT 20000
      )
      """)
    return false
  }
}

/// Forgets events that are older than their rule says.
enum ForgetEvents: Chore {
  static let name = "retention.forgetEvents"
  static let everySeconds = 60

  static func run(in base: CustomerBase) async throws -> Bool {
    guard let span = try await base.takeDueSpan(.events) else { return false }
    let forgotten = try await base.database.rows(
      """
      WITH gone AS (
        DELETE FROM acquisition.events WHERE received_at >= \(span.since) AND received_at < \(span.until)
        RETURNING profile
      )
      SELECT profile, count(*) FROM gone GROUP BY profile
      """
    ).map { try $0.decode(ID<Profile>.self, Int.self) }
    base.append(
      try forgotten.map { profile, events in
        try JournalEntry(subject: profile, type: "events.forgotten", payload: ForgottenEvents(events: events))
      })
    return !span.isLast
  }
}

/// Payload of `events.forgotten`, by which segments notice.
private struct ForgottenEvents: Codable {
  var events: Int
}
