import CustomerBase
import JSON
import Models
import Postgres
import TestSupport
import Testing

@testable import ChannelIntegration
@testable import Server

extension TestService {
  /// Works until segments have followed everything: jobs, the journal, and time.
  func followSegments() async throws {
    var isBehind = true
    while isBehind {
      try await running.settle()
      try await passTime()
      isBehind = try await database.shared.one(
        """
        SELECT EXISTS (
          SELECT FROM base.journal j WHERE (j.epoch, j.transaction, j.id) > (
            SELECT f.epoch, f.transaction, f.id FROM base.followers f WHERE f.name = \(SegmentFollower.name)
          )
        ) OR EXISTS (SELECT FROM base.jobs b WHERE b.state IN ('queued', 'running'))
        """)
    }
  }

  /// Does the chore of time once.
  func passTime() async throws {
    try await running.carryOut(FollowSegmentTime.self)
  }

  /// The customer base as the follower has it.
  func segmentBase(_ database: any Database) -> CustomerBase {
    CustomerBase(
      database: database, now: clock.now, ids: ids,
      author: Author(service: "channel-integration", method: "test", actor: "test"))
  }

  /// Saves a rule and works until everybody was measured by it.
  func save(_ key: StaticString, _ rule: SegmentRule) async throws {
    _ = try await call(SaveSegment(key: SegmentKey(fixed: key), rule: rule))
    try await followSegments()
  }

  /// Who is in a segment.
  func members(_ key: StaticString) async throws -> Set<ID<Customer>> {
    let members = try await everyPage { cursor in
      try await call(ListSegmentMembers(segment: SegmentKey(fixed: key), limit: Limit(2), cursor: cursor))
    }
    #expect(members.map(\.customer) == members.map(\.customer).sorted())
    return Set(members.map(\.customer))
  }

  /// The ids in the shop of those in a segment.
  func names(_ key: StaticString) async throws -> Set<String> {
    let members = try await members(key)
    let names: [String] = try await database.shared.all(
      "SELECT p.external_id FROM base.profiles p WHERE p.id = ANY (\(Array(members))) ORDER BY 1")
    return Set(names)
  }

  /// Every change of every segment.
  func segmentChanges(since: SegmentChangesStart? = nil, segment: SegmentKey? = nil) async throws -> [SegmentChange] {
    try await everyPage { cursor in
      try await call(ListSegmentChanges(since: since, segment: segment, limit: Limit(3), cursor: cursor))
    }
  }

  /// Events of a profile, as a call of Acquisition would store them.
  func events(_ name: String, of profile: ID<Profile>, daysAgo: [Int64], properties: RawJSON = .emptyObject)
    async throws
  {
    let body = RawJSON(wellFormed: #"{"properties":\#(properties.text)}"#)
    try await database.transaction { transaction in
      let entry = try await segmentBase(transaction).appendBulk(
        try JournalEntry(subject: nil, type: "events.collected", payload: ["events": daysAgo.count]))
      for days in daysAgo {
        try await transaction.execute(
          """
          INSERT INTO acquisition.events (profile, received_at, id, message_id, type, name, occurred_at, entry, body)
          VALUES (\(profile), \(clock.now), \(ids.make(Job.self)), 'm', 'track', \(name),
            \(clock.now.adding(seconds: -86_400 * days)), \(entry), \(body))
          """)
      }
    }
  }

  /// Erases profiles as the owner of the database does.
  func erase(_ profiles: [ID<Profile>]) async throws {
    try await database.transaction(statementTimeout: .seconds(60)) { transaction in
      _ = try await Eraser(schemas: SuiteDatabase(allServices).schemas.map(\.schema), in: transaction)
        .erase(profiles, key: nil)
    }
  }
}

/// A JSON text.
func text(_ plain: String) -> RawJSON { RawJSON(wellFormed: "\"\(plain)\"") }

/// A JSON value.
func json(_ plain: String) -> RawJSON { RawJSON(wellFormed: plain) }
