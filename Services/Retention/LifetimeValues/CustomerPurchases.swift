import CustomerBase
import Models
import Postgres

/// What each of some customers bought, by day.
struct CustomerPurchases: Sendable {
  struct OfOne: Sendable {
    var customer: ID<Customer>
    var purchases: [Purchase]
  }

  /// Currency of the amounts; nil when there are no purchases.
  var currency: Currency?
  var customers: [OfOne]
}

/// The purchases of some customers, who have been asked, or of all who do not refuse profiling; those of one day added up, in
/// one currency: the given one, or the one most orders are in.
func customerPurchases(
  source: SourceName?, currency: Currency?, customers: [ID<Customer>]?, in database: any Database
) async throws -> CustomerPurchases {
  var currency = currency
  if currency == nil {
    currency = try await database.first(
      """
      SELECT o.currency FROM base.orders o JOIN base.members m ON m.profile = o.profile
      WHERE o.status IN ('placed', 'fulfilled') AND (\(source?.text)::text IS NULL OR o.source = \(source?.text))
        AND \(CustomerBase.serves(.profiling, "m.customer"))
      GROUP BY o.currency ORDER BY count(*) DESC, o.currency LIMIT 1
      """)
  }
  guard let currency else { return CustomerPurchases(currency: nil, customers: []) }
  let some: SQL = customers.map { "m.customer = ANY (\($0))" } ?? CustomerBase.serves(.profiling, "m.customer")
  let rows = try await database.rows(
    """
    SELECT m.customer, (o.ordered_at AT TIME ZONE 'UTC')::date, sum(o.total)::float8
    FROM base.orders o JOIN base.members m ON m.profile = o.profile
    WHERE o.status IN ('placed', 'fulfilled') AND o.currency = \(currency.text) AND \(some)
      AND (\(source?.text)::text IS NULL OR o.source = \(source?.text))
    GROUP BY 1, 2 ORDER BY 1, 2
    """)
  var found: [CustomerPurchases.OfOne] = []
  for row in rows {
    let (customer, day, amount) = try row.decode(ID<Customer>.self, Day.self, Double.self)
    if found.last?.customer != customer { found.append(.init(customer: customer, purchases: [])) }
    found[found.count - 1].purchases.append(Purchase(day: day, amount: amount))
  }
  return CustomerPurchases(currency: currency, customers: found)
}
