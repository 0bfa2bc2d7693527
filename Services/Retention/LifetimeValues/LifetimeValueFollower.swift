import CustomerBase
import Models
import Postgres
import Server

/// Keeps the figures of customers in line with their purchases, with who is one customer and with who refuses profiling.
enum LifetimeValueFollower: Follower {
  static let name = "retention.lifetimeValues"
  /// An import is one entry, of a thousand orders.
  static let portion = 50

  /// What may change whose purchases are whose, or whether they may be used, and the purchases; where there is a model.
  static let condition: SQL =
    """
    EXISTS (SELECT FROM retention.lifetime_models)
      AND j.type IN ('link.created', 'link.removed', 'consent.granted', 'consent.withdrawn', 'orders.imported')
    """

  static func apply(_ entries: [FollowedEntry], in base: CustomerBase) async throws {
    let changed = entries.compactMap(\.subject)
    let imports = entries.filter { $0.type == "orders.imported" }.map(\.position.id)
    let models = try await PublishedModel.all(where: "true", in: base.database)
    let customers: [ID<Customer>] = try await base.database.all(
      """
      SELECT m.customer FROM base.members m WHERE m.profile = ANY (\(changed))
      UNION
      SELECT m.customer FROM base.orders o JOIN base.members m ON m.profile = o.profile WHERE o.entry = ANY (\(imports))
      """)
    let served: [ID<Customer>] = try await base.database.all(
      """
      SELECT c.customer FROM unnest(\(customers)) AS c (customer) WHERE \(CustomerBase.serves(.profiling, "c.customer"))
      """)
    // Whoever was a customer before a link is a profile of one of these now: its own figures go.
    let profiles: [ID<Customer>] = try await base.database.all(
      "SELECT m.profile FROM base.members m WHERE m.customer = ANY (\(customers))")
    for model in models {
      let purchases = try await customerPurchases(
        source: model.sourceName, currency: model.currency, customers: served, in: base.database)
      try await model.write(model.values(of: purchases.customers), replacing: profiles, in: base)
    }
  }
}
