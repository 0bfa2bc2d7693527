import Models
import Postgres

/// Why a customer entered or left a segment.
public enum SegmentCause: String, Codable, CaseIterable, Sendable {
  /// The segment got this rule.
  case rule
  /// A profile came, or what it tells changed.
  case profile
  /// Profiles became one customer, or are no longer.
  case link
  /// A consent was given or taken back.
  case consent
  /// An order came or changed.
  case order
  /// Something was done on a website or in an application.
  case event
  /// A figure that is computed of the customer changed.
  case score
  /// Time passed.
  case time
}

/// Payload of `segment.entered` and `segment.left`.
struct SegmentMove: Codable {
  var segment: String
  var version: Int
  var cause: SegmentCause
}

/// Who is to be in a segment, by a query that has not run yet.
public struct SegmentMeasurement: Sendable {
  public var segment: String
  public var version: Int
  /// `WITH … evaluation AS MATERIALIZED (SELECT customer, holds, recheck_at …)`.
  public var evaluation: SQL
  /// Whose rows it decides on: those who are no customers any more are in no segment.
  public var scope: [ID<Customer>]

  public init(segment: String, version: Int, evaluation: SQL, scope: [ID<Customer>]) {
    self.segment = segment
    self.version = version
    self.evaluation = evaluation
    self.scope = scope
  }
}

extension CustomerBase {
  /// Brings the segments in line with their rules for the customers in question: the difference and its entries in the
  /// journal. The segments are held.
  ///
  /// The statements are on their way together, one a segment. Answers how many entered or left.
  @discardableResult
  public func measure(
    _ measurements: [SegmentMeasurement], cause: (_ segment: String, _ customer: ID<Customer>) -> SegmentCause
  ) async throws -> Int {
    let pending = measurements.map { database.send(statement($0)) }
    var entries: [JournalEntry] = []
    for (measurement, pending) in zip(measurements, pending) {
      let moves = try await pending.rows().map { try $0.decode(ID<Customer>.self, Bool.self) }
      for (customer, isEntering) in moves.sorted(by: { $0.0 < $1.0 }) {
        entries.append(
          try JournalEntry(
            subject: ID(customer), type: isEntering ? "segment.entered" : "segment.left",
            payload: SegmentMove(
              segment: measurement.segment, version: measurement.version,
              cause: cause(measurement.segment, customer))))
      }
    }
    append(entries)
    return entries.count
  }

  private func statement(_ measured: SegmentMeasurement) -> SQL {
    let (key, scope) = (measured.segment, measured.scope)
    return """
      \(measured.evaluation), gone AS (
        DELETE FROM base.segment_members m
        WHERE m.segment = \(key) AND m.customer = ANY (\(scope))
          AND NOT EXISTS (SELECT FROM evaluation e WHERE e.customer = m.customer AND e.holds)
        RETURNING m.customer
      ), come AS (
        INSERT INTO base.segment_members (segment, customer, since)
        SELECT \(key), e.customer, \(now) FROM evaluation e WHERE e.holds
        ON CONFLICT ON CONSTRAINT segment_members_pkey DO NOTHING
        RETURNING customer
      ), settled AS (
        DELETE FROM base.segment_rechecks r
        WHERE r.segment = \(key) AND r.customer = ANY (\(scope))
          AND NOT EXISTS (SELECT FROM evaluation e WHERE e.customer = r.customer AND e.recheck_at IS NOT NULL)
      ), waiting AS (
        INSERT INTO base.segment_rechecks AS r (segment, customer, recheck_at)
        SELECT \(key), e.customer, e.recheck_at FROM evaluation e WHERE e.recheck_at IS NOT NULL
        ON CONFLICT ON CONSTRAINT segment_rechecks_pkey DO UPDATE SET recheck_at = excluded.recheck_at
        WHERE r.recheck_at <> excluded.recheck_at
      )
      SELECT c.customer, true FROM come c UNION ALL SELECT g.customer, false FROM gone g
      """
  }

  /// Holds the first segment that time may have changed, and names customers whom it may have moved; nil when none has
  /// any.
  public func dueSegment(atMost limit: Int) async throws -> (segment: StoredSegment, customers: [ID<Customer>])? {
    let key: String? = try await database.first(
      """
      SELECT s.key FROM base.segments s
      WHERE EXISTS (SELECT FROM base.segment_rechecks r WHERE r.segment = s.key AND r.recheck_at <= \(now))
      ORDER BY s.key LIMIT 1
      """)
    guard let key, let segment = try await hold(segments: [key]).first else { return nil }
    let customers: [ID<Customer>] = try await database.all(
      """
      SELECT r.customer FROM base.segment_rechecks r
      WHERE r.segment = \(key) AND r.recheck_at <= \(now)
      ORDER BY r.recheck_at LIMIT \(limit)
      """)
    return (segment, customers)
  }
}
