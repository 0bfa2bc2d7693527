import CustomerBase
import Models
import Postgres
import Server

/// Lists what moved points of a customer's lots, latest first. All of them together are the balance.
///
/// Where another profile's entry has taken of the customer's lots while both were one customer, the part is shown that it
/// took of these.
struct ListPointEntries: AboutCustomer {
  static let name = "loyalty.entries"
  static let access = Access.snapshot(.loyalty, also: [.customer])
  static let failures: [Failure] = [.notFound]

  /// The customer, by any of its profiles.
  var customer: ID<Customer>
  /// Entries on a page.
  var limit: Limit?
  /// Where the last page ended.
  var cursor: String?

  static func example(in data: ExampleData) -> ListPointEntries { ListPointEntries(customer: data.ada) }

  func run(_ call: Call) async throws -> Page<PointEntry> {
    let limit = (limit ?? .standard).count
    let before = try Cursor<PointEntryPosition>.position(cursor, of: customer)
    let profiles = try await call.customerBase.profiles(of: customer)
    guard !profiles.isEmpty else { throw Failure.notFound.about("customer") }
    let rows = try await call.database.rows(
      """
      SELECT e.id, e.kind, sum(v.points)::int8, e.at, e.reference, l.active_at, l.expires_at, e.reverses, r.id,
        array_agg(v.lot ORDER BY v.lot), array_agg(v.points ORDER BY v.lot)
      FROM retention.point_movements v
      JOIN retention.point_entries e ON e.id = v.entry
      LEFT JOIN retention.point_lots l ON l.id = e.id
      LEFT JOIN retention.point_entries r ON r.reverses = e.id
      WHERE v.profile = ANY (\(profiles))
        AND (\(before?.at)::timestamptz IS NULL OR (v.at, v.entry) < (\(before?.at), \(before?.entry)))
      GROUP BY e.id, l.id, r.id
      ORDER BY e.at DESC, e.id DESC LIMIT \(limit + 1)
      """)
    let entries = try rows.map(PointEntry.init)
    return try Page(
      entries, limit: limit, filter: customer,
      position: { PointEntryPosition(at: $0.at, entry: $0.entry) }, item: { $0 })
  }
}

extension PointEntry {
  fileprivate init(_ row: Row) throws {
    let (entry, kind, points, at, reference, activeAt, expiresAt, reverses, reversedBy, lots, moved) = try row.decode(
      ID<PointEntry>.self, String.self, Int.self, Timestamp.self, String?.self, Timestamp?.self, Timestamp?.self,
      ID<PointEntry>?.self, ID<PointEntry>?.self, [ID<PointEntry>].self, [Int].self)
    guard let kind = PointEntryKind(rawValue: kind) else {
      throw PostgresError(.decoding, "\(kind) is no kind of entry")
    }
    self.init(
      entry: entry, kind: kind, points: points, at: at, reference: reference, activeAt: activeAt, expiresAt: expiresAt,
      reverses: reverses, reversedBy: reversedBy, lots: zip(lots, moved).map { MovedPoints(lot: $0, points: $1) })
  }
}

private struct PointEntryPosition: Codable, Sendable {
  var at: Timestamp
  var entry: ID<PointEntry>
}
