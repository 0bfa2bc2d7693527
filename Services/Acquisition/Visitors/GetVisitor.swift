import CustomerBase
import Models
import Server

/// What is known of a visitor: profile, customer, first and last visit, events and sessions.
struct GetVisitor: Method {
  static let name = "visitors.get"
  static let access = Access.read(.visitors)
  static let failures: [Failure] = [.notFound]

  /// Id that the website gave the browser or device.
  var anonymousId: ExternalID

  static func example(in _: ExampleData) -> GetVisitor { GetVisitor(anonymousId: ExternalID(fixed: "visitor-1")) }

  func run(_ call: Call) async throws -> Visitor {
    let visitor: Visitor? = try await call.database.first(
      """
      SELECT i.profile, m.customer, min(e.occurred_at) AS first_seen_at, max(e.occurred_at) AS last_seen_at,
        count(e.id) AS events,
        count(e.id) FILTER (WHERE e.silence IS NULL OR e.silence > interval '30 minutes') AS sessions
      FROM base.identifiers i
      JOIN base.members m ON m.profile = i.profile
      LEFT JOIN LATERAL (
        SELECT v.id, v.occurred_at,
          v.occurred_at - lag(v.occurred_at) OVER (ORDER BY v.occurred_at, v.id) AS silence
        FROM acquisition.events v WHERE v.profile = i.profile
      ) e ON true
      WHERE i.kind = 'anonymous' AND i.value = \(anonymousId.text) AND i.retired_at IS NULL
      GROUP BY i.profile, m.customer
      ORDER BY i.profile LIMIT 1
      """)
    guard let visitor else { throw Failure.notFound.about("visitor") }
    return visitor
  }
}

/// A browser or device, and what it did.
struct Visitor: Codable, Sendable {
  /// The visitor's own profile.
  var profile: ID<Profile>
  /// Customer the visitor is known as; of itself alone while nobody has signed in.
  var customer: ID<Customer>
  /// Absent for a visitor without events.
  var firstSeenAt: Timestamp?
  /// Absent for a visitor without events.
  var lastSeenAt: Timestamp?
  /// Events of this visitor alone.
  var events: Int
  /// Visits that 30 minutes of silence ended.
  var sessions: Int
}
