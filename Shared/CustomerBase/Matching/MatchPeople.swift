import Matching
import Models
import Postgres

/// Profiles as they are compared: what each tells, in its normal form.
public struct MatchPeople: Sendable {
  public var profiles: [ID<Profile>] = []
  public var sources: [String] = []
  public var customers: [ID<Customer>] = []
  public var values: [[MatchField: String]] = []

  public init() {}

  /// Whose records are pairs; records of the second source stand behind those of the first where two are named.
  public func space(_ scope: MatchScope) -> MatchSpace {
    let records = MatchRecords(values)
    guard scope.isBetween, let second = scope.sources.last?.text else { return MatchSpace(records) }
    return MatchSpace(records, isSecond: sources.map { $0 == second })
  }

  /// Places of profiles that are one customer already.
  public var joined: [[Int]] {
    var places: [ID<Customer>: [Int]] = [:]
    for (place, customer) in customers.enumerated() { places[customer, default: []].append(place) }
    return places.values.filter { $0.count > 1 }.sorted { $0[0] < $1[0] }
  }
}

extension CustomerBase {
  /// Names of the traits that say who somebody is.
  private static let standardTraits = MatchField.allCases.map(\.rawValue) + ["fullName"]

  /// The profiles of the scope that tell anything to compare, by source and then id.
  public static func matchPeople(in scope: MatchScope, _ database: any Database) async throws -> MatchPeople {
    let found = try await matchPeople(where: scope.includes("p.source"), database)
    let telling = found.values.indices.filter { !found.values[$0].isEmpty }
    var people = MatchPeople()
    people.profiles = telling.map { found.profiles[$0] }
    people.sources = telling.map { found.sources[$0] }
    people.customers = telling.map { found.customers[$0] }
    people.values = telling.map { found.values[$0] }
    return people
  }

  /// Has the transaction's next statements planned for the arrays that they are given, which may name thousands of
  /// profiles.
  public static func expectManyRows(_ database: any Database) {
    for (name, value) in [("jit", "off"), ("plan_cache_mode", "force_custom_plan")] {
      _ = database.send("SELECT set_config(\(name), \(value), true)")
    }
  }

  /// These profiles and all that are one customer with any of them, by source and then id.
  public static func matchPeople(
    withCustomersOf profiles: [ID<Profile>], _ database: any Database
  ) async throws -> MatchPeople {
    try await matchPeople(
      where: """
        p.id IN (
          SELECT o.profile FROM base.members o
          WHERE o.customer IN (SELECT n.customer FROM base.members n WHERE n.profile = ANY (\(profiles))))
        """, database)
  }

  /// Those of these profiles that are in the scope, by source and then id.
  public static func matchPeople(
    _ profiles: [ID<Profile>], in scope: MatchScope, _ database: any Database
  ) async throws -> MatchPeople {
    try await matchPeople(where: "p.id = ANY (\(profiles)) AND \(scope.includes("p.source"))", database)
  }

  /// A column at a time: thousands of profiles are a few rows of arrays.
  private static func matchPeople(where condition: SQL, _ database: any Database) async throws -> MatchPeople {
    let found = try await database.rows(
      """
      SELECT COALESCE(array_agg(f.id), '{}'), COALESCE(array_agg(f.source), '{}'), COALESCE(array_agg(f.customer), '{}')
      FROM (
        SELECT p.id, p.source, m.customer FROM base.profiles p JOIN base.members m ON m.profile = p.id
        WHERE p.erased_at IS NULL AND \(condition)
        ORDER BY p.source COLLATE "C", p.id
      ) f
      """)
    var people = MatchPeople()
    guard let row = found.first else { return people }
    (people.profiles, people.sources, people.customers) = try row.decode(
      [ID<Profile>].self, [String].self, [ID<Customer>].self)
    if people.profiles.isEmpty { return people }
    let traits = database.send(
      """
      SELECT t.name, array_agg(w.place - 1), array_agg(t.value #>> '{}')
      FROM unnest(\(people.profiles)) WITH ORDINALITY AS w (profile, place)
      JOIN base.traits t ON t.profile = w.profile
      WHERE t.name = ANY (\(standardTraits)) AND jsonb_typeof(t.value) IN ('string', 'number')
      GROUP BY t.name ORDER BY t.name
      """)
    let identifiers = database.send(
      """
      SELECT i.kind, array_agg(w.place - 1), array_agg(i.value)
      FROM unnest(\(people.profiles)) WITH ORDINALITY AS w (profile, place)
      JOIN base.identifiers i ON i.profile = w.profile
      WHERE i.kind IN ('email', 'phone') AND i.retired_at IS NULL
      GROUP BY i.kind ORDER BY i.kind
      """)
    var told = [[String: String]](repeating: [:], count: people.profiles.count)
    for row in try await traits.rows() {
      let (name, places, values) = try row.decode(String.self, [Int].self, [String].self)
      for (place, value) in zip(places, values) { told[place][name] = value }
    }
    var addresses: [String: [Int: [String]]] = [:]
    for row in try await identifiers.rows() {
      let (kind, places, values) = try row.decode(String.self, [Int].self, [String].self)
      for (place, value) in zip(places, values) { addresses[kind, default: [:]][place, default: []].append(value) }
    }
    let (emails, phones) = (addresses["email"] ?? [:], addresses["phone"] ?? [:])
    people.values = Array(told.enumerated()).concurrentMap { place, traits in
      Normalisation.values(traits: traits, emails: emails[place] ?? [], phones: phones[place] ?? [])
    }
    return people
  }
}
