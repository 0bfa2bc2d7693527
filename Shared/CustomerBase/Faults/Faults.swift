import Models
import Postgres

/// A question to the data whose answer is what is wrong with them.
public struct FaultCheck: Sendable {
  /// What is looked at, for whoever waits.
  public let name: String
  /// Sentences that name what is wrong, 20 at most; none when nothing is.
  public let faults: @Sendable (any Database) async throws -> [String]

  public init(_ name: String, faults: @escaping @Sendable (any Database) async throws -> [String]) {
    self.name = name
    self.faults = faults
  }

  /// A check by one statement that answers a sentence a row.
  public init(_ name: String, _ sql: SQL) {
    self.init(name) { try await $0.all(sql) }
  }
}

extension CustomerBase {
  /// Everything that has to hold in schema `base` beyond what its constraints enforce.
  public static var checks: [FaultCheck] { linkChecks + journalChecks + orderChecks + callChecks + erasureChecks }

  /// What does not hold, none when everything does.
  public static func faults(in database: any Database) async throws -> [String] {
    var faults: [String] = []
    for check in checks { faults += try await check.faults(database) }
    return faults
  }

  private static let orderChecks = [
    FaultCheck(
      "orders and their lines",
      """
      SELECT 'The total of order ' || o.id || ' is not the sum of its lines.' FROM base.orders o
      LEFT JOIN (
        SELECT profile, order_id, sum(quantity * unit_price) AS total FROM base.order_lines GROUP BY profile, order_id
      ) l ON l.profile = o.profile AND l.order_id = o.id
      WHERE o.total <> COALESCE(l.total, 0) ORDER BY o.id LIMIT 20
      """),
    FaultCheck(
      "orders and their keys",
      """
      SELECT 'Order ' || o.id || ' is not found by its source and external id.' FROM base.orders o
      LEFT JOIN base.order_keys k ON k.source = o.source COLLATE "C" AND k.external_id = o.external_id COLLATE "C"
      WHERE k.order_id IS DISTINCT FROM o.id OR k.profile IS DISTINCT FROM o.profile ORDER BY o.id LIMIT 20
      """),
  ]

  private static let erasureChecks = [
    FaultCheck(
      "erased profiles",
      """
      SELECT 'Profile ' || p.id || ' was erased and still holds what is personal.' FROM base.profiles p
      WHERE p.erased_at IS NOT NULL AND (
        NOT base.is_erased(p.external_id) OR EXISTS (SELECT FROM base.traits t WHERE t.profile = p.id)
        OR EXISTS (SELECT FROM base.identifiers i WHERE i.profile = p.id))
      ORDER BY p.id LIMIT 20
      """)
  ]
}
