import Models
import Postgres

extension CustomerBase {
  static let linkChecks = [
    FaultCheck("customers and their links") { try await componentFaults($0) },
    FaultCheck(
      "links that are there twice",
      """
      SELECT 'Profiles ' || min(least(a::text, b::text)) || ' and ' || max(greatest(a::text, b::text))
        || ' are linked twice by ' || evidence || ': ' || string_agg(id::text, ', ' ORDER BY id) || '.'
      FROM base.links WHERE removed_at IS NULL
      GROUP BY least(a, b), greatest(a, b), evidence HAVING count(*) > 1 ORDER BY 1 LIMIT 20
      """),
    FaultCheck(
      "profiles and their keys",
      """
      SELECT 'Profile ' || p.id || ' is not found by its source and external id.' FROM base.profiles p
      LEFT JOIN base.profile_keys k ON k.source = p.source COLLATE "C" AND k.external_id = p.external_id COLLATE "C"
      WHERE k.profile IS DISTINCT FROM p.id ORDER BY p.id LIMIT 20
      """),
    FaultCheck(
      "identifiers and the rows that writers lock",
      """
      SELECT 'Profile ' || i.profile || ' carries a value of kind ' || i.kind || ' that has no row to lock.'
      FROM base.identifiers i
      WHERE i.retired_at IS NULL
        AND NOT EXISTS (SELECT FROM base.identifier_values v WHERE v.kind = i.kind AND v.value = i.value)
      ORDER BY i.profile, i.kind LIMIT 20
      """),
  ]

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
    let faults = wrong.prefix(20).map { "Profile \($0) belongs to another customer than its links say." }
    let unlisted = Set(members.values).symmetricDifference(customers).sorted()
    return faults
      + unlisted.prefix(20).map { "Customer \($0) is not both in the list of customers and of some profile." }
  }
}
