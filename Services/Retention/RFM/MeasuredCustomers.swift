import CustomerBase
import Models
import Postgres

/// A customer's last order, number of orders and sum of their amounts.
struct MeasuredCustomer: Sendable {
  var customer: ID<Customer>
  var measures: RFMMeasures
}

/// Every customer who has bought by the end of the day and does not refuse profiling, measured on it. Amounts of the currency
/// most orders are in count.
func measuredCustomers(asOf: Day, source: SourceName?, in database: any Database) async throws -> [MeasuredCustomer] {
  let rows = try await database.rows(
    """
    WITH purchases AS MATERIALIZED (
      SELECT m.customer, o.ordered_at, o.total, o.currency
      FROM base.orders o JOIN base.members m ON m.profile = o.profile
      WHERE o.status IN ('placed', 'fulfilled') AND o.ordered_at < \(asOf.adding(days: 1).start)
        AND (\(source?.text)::text IS NULL OR o.source = \(source?.text))
        AND \(CustomerBase.serves(.profiling, "m.customer"))
    )
    SELECT p.customer, \(asOf) - (max(p.ordered_at) AT TIME ZONE 'UTC')::date, count(*), sum(p.total)::float8
    FROM purchases p
    WHERE p.currency = (SELECT c.currency FROM purchases c GROUP BY c.currency ORDER BY count(*) DESC, c.currency LIMIT 1)
    GROUP BY p.customer ORDER BY p.customer
    """)
  return try rows.map { row in
    let (customer, recency, frequency, amount) = try row.decode(ID<Customer>.self, Int.self, Int.self, Double.self)
    return MeasuredCustomer(
      customer: customer,
      measures: RFMMeasures(recencyDays: recency, frequency: frequency, monetaryValue: amount))
  }
}
