import CustomerBase
import Models
import Server

/// Lists the sessions of a customer over all devices, or of one visitor, latest first. 30 minutes of silence end a
/// session.
struct ListSessions: Method {
  static let name = "sessions.list"
  static let access = Access.snapshot(.sessions)
  static let failures: [Failure] = [.notFound]

  /// The customer, by any of its profiles; either this or `anonymousId`.
  var customer: ID<Customer>?
  /// The visitor.
  var anonymousId: ExternalID?
  /// Sessions on a page.
  var limit: Limit?
  /// Where the last page ended.
  var cursor: String?

  static func example(in _: ExampleData) -> ListSessions {
    ListSessions(anonymousId: ExternalID(fixed: "visitor-1"))
  }

  func run(_ call: Call) async throws -> Page<Session> {
    let profiles = try await profiles(call)
    let limit = (limit ?? .standard).count
    let before = try Cursor<SessionPosition>.position(cursor, of: [customer?.description, anonymousId?.text])
    let sessions: [Session] = try await call.database.all(
      """
      SELECT s.profile, min(s.occurred_at) AS started_at, max(s.occurred_at) AS ended_at, count(s.id) AS events,
        (array_agg(s.name ORDER BY s.occurred_at, s.id))[1] AS first_event,
        (array_agg(s.name ORDER BY s.occurred_at DESC, s.id DESC))[1] AS last_event
      FROM (
        SELECT v.profile, v.id, v.name, v.occurred_at,
          count(*) FILTER (WHERE v.silence > interval '30 minutes')
            OVER (PARTITION BY v.profile ORDER BY v.occurred_at, v.id) AS session
        FROM (
          SELECT e.profile, e.id, e.name, e.occurred_at,
            e.occurred_at - lag(e.occurred_at) OVER (PARTITION BY e.profile ORDER BY e.occurred_at, e.id) AS silence
          FROM acquisition.events e WHERE e.profile = ANY (\(profiles))
        ) v
      ) s
      GROUP BY s.profile, s.session
      HAVING \(before?.startedAt)::timestamptz IS NULL
        OR (min(s.occurred_at), s.profile) < (\(before?.startedAt), \(before?.profile))
      ORDER BY min(s.occurred_at) DESC, s.profile DESC
      LIMIT \(limit + 1)
      """)
    return try Page(
      sessions, limit: limit, filter: [customer?.description, anonymousId?.text],
      position: { SessionPosition(startedAt: $0.startedAt, profile: $0.profile) }, item: { $0 })
  }

  private func profiles(_ call: Call) async throws -> [ID<Profile>] {
    switch (customer, anonymousId) {
    case (let customer?, nil):
      let profiles = try await call.customerBase.profiles(of: customer)
      if profiles.isEmpty { throw Failure.notFound.about("customer") }
      return profiles
    case (nil, let anonymousId?):
      let profiles: [ID<Profile>] = try await call.database.all(
        """
        SELECT profile FROM base.identifiers
        WHERE kind = 'anonymous' AND value = \(anonymousId.text) AND retired_at IS NULL
        ORDER BY profile LIMIT 1
        """)
      if profiles.isEmpty { throw Failure.notFound.about("visitor") }
      return profiles
    default:
      throw InvalidParam(
        path: "/params/customer", rule: "either", message: "and anonymousId: exactly one of them is needed")
    }
  }
}

/// A visit: events with no more than 30 minutes between one and the next.
struct Session: Codable, Sendable {
  /// The visitor's profile.
  var profile: ID<Profile>
  /// Time of the event that began it.
  var startedAt: Timestamp
  /// Time of the event that ended it.
  var endedAt: Timestamp
  /// Events within it.
  var events: Int
  /// Name of the event that began it.
  var firstEvent: String
  /// Name of the event that ended it.
  var lastEvent: String
}

private struct SessionPosition: Codable, Sendable {
  var startedAt: Timestamp
  var profile: ID<Profile>
}
