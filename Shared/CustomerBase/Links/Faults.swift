import Models
import Postgres

extension CustomerBase {
  /// Sentences about what does not add up in schema `base`, none when everything does.
  public static func faults(in database: any Database) async throws -> [String] {
    try await orderFaults(database) + componentFaults(database)
  }

  private static func orderFaults(_ database: any Database) async throws -> [String] {
    let orders: [ID<Order>] = try await database.all(
      """
      SELECT o.id FROM base.orders o
      LEFT JOIN (
        SELECT profile, order_id, sum(quantity * unit_price) AS total FROM base.order_lines GROUP BY profile, order_id
      ) l ON l.profile = o.profile AND l.order_id = o.id
      WHERE o.total <> COALESCE(l.total, 0) ORDER BY o.id LIMIT 20
      """)
    return orders.map { "The total of order \($0) is not the sum of its lines." }
  }

  /// Compares who belongs to which customer with the components of the active links, computed anew.
  private static func componentFaults(_ database: any Database) async throws -> [String] {
    var members: [ID<Profile>: ID<Customer>] = [:]
    for row in try await database.rows(
      "SELECT p.id, m.customer FROM base.profiles p LEFT JOIN base.members m ON m.profile = p.id")
    {
      let (profile, customer) = try row.decode(ID<Profile>.self, ID<Customer>?.self)
      members[profile] = customer ?? ID(high: 0, low: 0)
    }
    var components = Components(members.keys)
    for row in try await database.rows("SELECT a, b FROM base.links WHERE removed_at IS NULL") {
      let (a, b) = try row.decode(ID<Profile>.self, ID<Profile>.self)
      components.join(a, b)
    }
    let wrong = members.filter { $0.value != ID(components.earliest($0.key)) }.map(\.key).sorted()
    let customers: [ID<Customer>] = try await database.all("SELECT id FROM base.customers")
    var faults = wrong.prefix(20).map { "Profile \($0) belongs to another customer than its links say." }
    if Set(customers) != Set(members.values) {
      faults.append("The list of customers is not that of the profiles' customers.")
    }
    return faults
  }
}
