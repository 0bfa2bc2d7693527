import Models
import Postgres

/// Where a page of orders ended.
public struct OrderPosition: Codable, Sendable {
  public var at: Timestamp
  public var order: ID<Order>

  public init(at: Timestamp, order: ID<Order>) {
    self.at = at
    self.order = order
  }
}

/// An order as JSON, with what orders the list.
public struct ListedOrder: Sendable {
  public let position: OrderPosition
  public let json: Encoded<Order>
}

extension CustomerBase {
  /// The orders over all of the customer's profiles, latest first.
  public func orders(of customer: ID<Customer>, before: OrderPosition?, limit: Int) async throws -> [ListedOrder] {
    let rows = try await database.rows(
      """
      SELECT o.ordered_at, o.id, json_build_object(
        'order', o.id, 'profile', o.profile, 'source', o.source, 'externalId', o.external_id,
        'orderedAt', base.rfc3339(o.ordered_at), 'status', o.status,
        'total', json_build_object('amount', base.amount(o.total, o.currency), 'currency', o.currency),
        'lines', COALESCE((
          SELECT json_agg(json_build_object(
            'sku', l.sku, 'quantity', trim_scale(l.quantity)::text, 'unitPrice', base.amount(l.unit_price, o.currency)
          ) ORDER BY l.position)
          FROM base.order_lines l WHERE l.profile = o.profile AND l.order_id = o.id
        ), '[]'))
      FROM base.members me
      JOIN base.members m ON m.customer = me.customer
      JOIN base.orders o ON o.profile = m.profile
      WHERE me.profile = \(customer)
        AND (\(before?.at)::timestamptz IS NULL OR (o.ordered_at, o.id) < (\(before?.at), \(before?.order)))
      ORDER BY o.ordered_at DESC, o.id DESC LIMIT \(limit)
      """)
    return try rows.map { row in
      let (at, order, json) = try row.decode(Timestamp.self, ID<Order>.self, RawJSON.self)
      return ListedOrder(position: OrderPosition(at: at, order: order), json: Encoded(json))
    }
  }
}
