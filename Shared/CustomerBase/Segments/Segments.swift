import Models
import Postgres

/// A segment as it is kept.
public struct StoredSegment: Codable, Sendable {
  public var key: String
  /// The rule as JSON, in the words of the wire.
  public var rule: RawJSON
  public var version: Int
  public var computedVersion: Int
  public var job: ID<Job>?
  public var savedAt: Timestamp

  /// Whether everybody was measured by the rule.
  public var isComputed: Bool { computedVersion == version }
}

/// A customer in a segment.
public struct SegmentMember: Codable, Sendable {
  /// The customer.
  public var customer: ID<Customer>
  /// Since when without a break.
  public var since: Timestamp
}

extension CustomerBase {
  private static let columns: SQL =
    "s.key, s.rule, s.version::int8 AS version, s.computed_version::int8 AS computed_version, s.job, s.saved_at"

  /// The segment of the key; nil when there is none.
  public func segment(_ key: String) async throws -> StoredSegment? {
    try await database.first("SELECT \(Self.columns) FROM base.segments s WHERE s.key = \(key)")
  }

  /// Segments by key, behind the given one.
  public func segments(after: String? = nil, limit: Int? = nil) async throws -> [StoredSegment] {
    try await database.all(
      """
      SELECT \(Self.columns) FROM base.segments s
      WHERE \(after)::text IS NULL OR s.key > \(after)
      ORDER BY s.key LIMIT \(limit)
      """)
  }

  /// Holds the segments until the transaction ends, and reads them anew: whoever changes who is in one holds it.
  ///
  /// What is read behind it sees whatever the last holder has written.
  public func hold(segments keys: [String]) async throws -> [StoredSegment] {
    try await database.all(
      "SELECT \(Self.columns) FROM base.segments s WHERE s.key = ANY (\(keys)) ORDER BY s.key FOR NO KEY UPDATE")
  }

  /// Keeps the rule, as another version where the key has one already. Whoever is in the segment stays until a job has
  /// measured everybody by the new rule.
  public func save(segment key: String, rule: RawJSON) async throws -> StoredSegment {
    try await database.one(
      """
      INSERT INTO base.segments AS s (key, rule, version, saved_at, saved_by)
      VALUES (\(key), \(rule), 1, \(now), \(author.actor))
      ON CONFLICT ON CONSTRAINT segments_pkey DO UPDATE SET
        rule = excluded.rule, version = s.version + (s.rule <> excluded.rule)::integer, saved_at = excluded.saved_at,
        saved_by = excluded.saved_by
      RETURNING \(Self.columns)
      """)
  }

  /// Has everybody measured by the rule: from now on this job counts.
  public func measure(segment key: String, by job: ID<Job>) {
    _ = database.send("UPDATE base.segments SET job = \(job), computed_version = 0 WHERE key = \(key)")
  }

  /// Notes that everybody was measured by the rule, where it is still the job that counts.
  public func computed(segment key: String, version: Int, by job: ID<Job>) {
    _ = database.send(
      """
      UPDATE base.segments SET computed_version = \(version)::int8
      WHERE key = \(key) AND version = \(version)::int8 AND job = \(job)
      """)
  }

  /// Forgets the segment and who is in it.
  ///
  /// - Throws: `notFound` when there is none.
  public func remove(segment key: String) async throws {
    let removed = try await database.execute("DELETE FROM base.segments WHERE key = \(key)")
    guard removed == 1 else { throw Failure.notFound.about("segment") }
    _ = database.send("DELETE FROM base.segment_members WHERE segment = \(key)")
    _ = database.send("DELETE FROM base.segment_rechecks WHERE segment = \(key)")
    append([try JournalEntry(subject: nil, type: "segment.removed", payload: ["segment": key])])
  }

  /// The customers in a segment by id, behind the given one. Who has refused profiling is left out from that moment on,
  /// before the segment has followed.
  public func members(of segment: String, after: ID<Customer>?, limit: Int) async throws -> [SegmentMember] {
    try await database.all(
      """
      SELECT m.customer, m.since FROM base.segment_members m
      WHERE m.segment = \(segment) AND (\(after)::uuid IS NULL OR m.customer > \(after))
        AND \(Self.serves(.profiling, "m.customer"))
      ORDER BY m.customer LIMIT \(limit)
      """)
  }

  /// How many customers are in a segment.
  public func countMembers(of segment: String) async throws -> Int {
    try await database.one("SELECT count(*) FROM base.segment_members WHERE segment = \(segment)")
  }

  /// Since when a customer is in a segment; nil when it is not.
  public func membership(of customer: ID<Customer>, in segment: String) async throws -> Timestamp? {
    try await database.first(
      "SELECT since FROM base.segment_members WHERE segment = \(segment) AND customer = \(customer)")
  }
}
