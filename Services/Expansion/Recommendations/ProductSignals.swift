import CustomerBase
import Models
import Postgres

/// Which customers chose which products, and how often: of one customer, who has been asked, or of all who do not refuse
/// profiling.
func productSignals(
  _ kind: SignalKind, before: Timestamp?, of customer: ID<Customer>?, in database: any Database
) async throws -> [Signal<ID<Customer>, String>] {
  let one: SQL = customer.map { "m.customer = \($0)" } ?? CustomerBase.serves(.profiling, "m.customer")
  let statement: SQL =
    switch kind {
    case .orders:
      """
      SELECT m.customer, l.sku, count(DISTINCT o.id)::float8
      FROM base.members m
      JOIN base.orders o ON o.profile = m.profile
      JOIN base.order_lines l ON l.profile = o.profile AND l.order_id = o.id
      WHERE \(one) AND o.status IN ('placed', 'fulfilled') AND l.quantity > 0
        AND (\(before)::timestamptz IS NULL OR o.ordered_at < \(before))
      GROUP BY m.customer, l.sku ORDER BY m.customer, l.sku
      """
    case .events:
      """
      SELECT m.customer, s.sku, count(*)::float8
      FROM base.members m
      JOIN acquisition.events e ON e.profile = m.profile
      CROSS JOIN LATERAL (
        SELECT COALESCE(e.body -> 'properties' ->> 'sku', e.body -> 'properties' ->> 'product_id') AS sku
      ) s
      WHERE \(one) AND e.type = 'track' AND octet_length(s.sku) BETWEEN 1 AND 100
        AND (\(before)::timestamptz IS NULL OR e.occurred_at < \(before))
      GROUP BY m.customer, s.sku ORDER BY m.customer, s.sku
      """
    }
  return try await database.rows(statement).map { row in
    let (customer, sku, weight) = try row.decode(ID<Customer>.self, String.self, Double.self)
    return Signal(customer: customer, item: sku, weight: weight)
  }
}
