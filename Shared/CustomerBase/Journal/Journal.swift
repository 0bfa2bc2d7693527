import JSON
import Models
import Postgres

/// One thing that happened, to be appended to the journal.
public struct JournalEntry: Sendable {
  /// The profile it is about; nil for what is about many.
  public var subject: ID<Profile>?
  /// Noun and past participle, as `profile.created`.
  public var type: String
  public var payload: RawJSON

  public init(subject: ID<Profile>?, type: String, payload: some Encodable) throws {
    self.subject = subject
    self.type = type
    self.payload = RawJSON(wellFormed: try encodeJSON(payload))
  }
}

extension CustomerBase {
  /// Appends the entries in their order, in the call's transaction. Sent, not waited for: the commit does.
  public func append(_ entries: [JournalEntry]) {
    guard !entries.isEmpty else { return }
    if let entry = entries.first, entries.count == 1 {
      _ = database.send(appending(entry))
      return
    }
    _ = database.send(
      """
      INSERT INTO base.journal (at, service, method, actor, subject, type, payload, salt, digest)
      SELECT \(now), \(author.service), \(author.method), \(author.actor), e.subject, e.type, e.payload, e.salt,
        sha256(e.salt || convert_to(e.payload::text, 'UTF8'))
      FROM (
        SELECT g.subject, g.type, g.payload, uuid_send(gen_random_uuid()) AS salt, g.position
        FROM unnest(\(entries.map(\.subject)), \(entries.map(\.type)), \(entries.map(\.payload)))
          WITH ORDINALITY AS g (subject, type, payload, position)
        OFFSET 0
      ) e
      ORDER BY e.position
      """)
  }

  /// Appends one entry for a bulk write and answers its id, which every row of the write carries.
  public func appendBulk(_ entry: JournalEntry) async throws -> Int64 {
    try await database.one("\(appending(entry)) RETURNING id")
  }

  /// Appends one entry; with RETURNING behind it, and WITH before it, its id can be had in the statement that needs it.
  public func appending(_ entry: JournalEntry) -> SQL {
    """
    INSERT INTO base.journal (at, service, method, actor, subject, type, payload, salt, digest)
    SELECT \(now), \(author.service), \(author.method), \(author.actor), \(entry.subject), \(entry.type), e.payload,
      e.salt, sha256(e.salt || convert_to(e.payload::text, 'UTF8'))
    FROM (SELECT \(entry.payload)::jsonb AS payload, uuid_send(gen_random_uuid()) AS salt OFFSET 0) e
    """
  }
}
