import Models
import Postgres

/// Forgets people in every schema of a database, as its owner.
public struct Eraser: Sendable {
  let transaction: Transaction
  let schemas: [String]

  /// - Parameter schemas: Every schema of the suite; each has a function `erase`.
  public init(schemas: [String], in transaction: Transaction) {
    self.transaction = transaction
    self.schemas = schemas
  }

  /// Forgets the profiles and answers the hashes of what they were known by, none without a key.
  ///
  /// Takes the exclusive lock of erasure first, for which every transaction waits that writes of people. External ids
  /// become hashes, so that the records are recognised when they come again; without a key they become nothing at all.
  ///
  /// - Parameter look: Sees what the schemas' functions have done, before hashes are put in.
  public func erase(
    _ profiles: [ID<Profile>], key: ErasureKey?, look: () async throws -> Void = {}
  ) async throws -> [[UInt8]] {
    try await transaction.execute("SELECT pg_advisory_xact_lock(hashtextextended('erasure', 0))")
    let known = try await KnownNames(of: profiles, in: transaction)
    for schema in schemas {
      _ = transaction.send("SELECT \(SQL(identifier: schema)).erase(\(profiles))")
    }
    try await transaction.execute("SELECT 1")
    try await look()
    guard let key else { return [] }
    try await rename(known, key)
    let hashes = known.values.map(key.hash)
    try await remember(hashes, key: key.id)
    return hashes
  }

  /// Does again what other states of the data have seen: erases the profiles that are here, and keeps the hashes.
  ///
  /// Answers how many profiles were erased that had not been.
  public func apply(_ erasures: [Erasure], keys: [ErasureKey]) async throws -> Int {
    var erased = 0
    for (key, group) in Dictionary(grouping: erasures, by: \.key) {
      let present: [ID<Profile>] = try await transaction.all(
        """
        SELECT id FROM base.profiles
        WHERE id = ANY (\(Array(Set(group.flatMap(\.profiles))))) AND erased_at IS NULL ORDER BY id
        """)
      _ = try await erase(present, key: keys.first { $0.id == key })
      erased += present.count
      if let key { try await remember(group.flatMap(\.hashes).compactMap { bytes(hexadecimal: $0) }, key: key) }
    }
    return erased
  }

  private func remember(_ hashes: [[UInt8]], key: String) async throws {
    // Arrays of bytes have no literal of their own: they go as text.
    try await transaction.execute(
      """
      INSERT INTO base.erased_values (key, hash)
      SELECT \(key), decode(h.hash, 'hex') FROM unnest(\(hashes.map(\.hexadecimal))) AS h (hash)
      ON CONFLICT ON CONSTRAINT erased_values_pkey DO NOTHING
      """)
  }

  /// Puts hashes where the function has put what says nothing.
  private func rename(_ known: KnownNames, _ key: ErasureKey) async throws {
    func text(_ value: ErasedValue) -> String { "erased:\(key.id):\(key.hash(value).hexadecimal)" }
    let profiles = known.profiles
    let names = profiles.map { text(.profile(source: $0.source, externalId: $0.externalId)) }
    _ = transaction.send(
      """
      UPDATE base.profile_keys k SET external_id = n.name
      FROM unnest(\(profiles.map(\.source)), \(profiles.map(\.id)), \(names)) AS n (source, profile, name)
      WHERE k.source = n.source AND k.external_id = 'erased:' || n.profile
      """)
    _ = transaction.send(
      """
      UPDATE base.profiles p SET external_id = n.name FROM unnest(\(profiles.map(\.id)), \(names)) AS n (profile, name)
      WHERE p.id = n.profile
      """)
    let orders = known.orders
    let orderNames = orders.map { text(.order(source: $0.source, externalId: $0.externalId)) }
    _ = transaction.send(
      """
      UPDATE base.order_keys k SET external_id = n.name
      FROM unnest(\(orders.map(\.source)), \(orders.map(\.id)), \(orderNames)) AS n (source, order_id, name)
      WHERE k.source = n.source AND k.external_id = 'erased:' || n.order_id
      """)
    try await transaction.execute(
      """
      UPDATE base.orders o SET external_id = n.name
      FROM unnest(\(orders.map(\.profile)), \(orders.map(\.id)), \(orderNames)) AS n (profile, order_id, name)
      WHERE o.profile = n.profile AND o.id = n.order_id
      """)
  }
}

/// What profiles are known by, before it is erased.
private struct KnownNames {
  struct Name {
    let profile: ID<Profile>
    /// Of the profile or the order itself.
    let id: ID<Profile>
    let source: String
    let externalId: String
  }

  private(set) var profiles: [Name] = []
  private(set) var orders: [Name] = []
  private var identifiers: [ErasedValue] = []

  init(of ids: [ID<Profile>], in database: any Database) async throws {
    for row in try await database.rows(
      """
      SELECT id, source, external_id FROM base.profiles
      WHERE id = ANY (\(ids)) AND NOT base.is_erased(external_id)
      """)
    {
      let (id, source, externalId) = try row.decode(ID<Profile>.self, String.self, String.self)
      profiles.append(Name(profile: id, id: id, source: source, externalId: externalId))
    }
    for row in try await database.rows(
      """
      SELECT profile, id, source, external_id FROM base.orders
      WHERE profile = ANY (\(ids)) AND NOT base.is_erased(external_id)
      """)
    {
      let (profile, id, source, externalId) = try row.decode(
        ID<Profile>.self, ID<Profile>.self, String.self, String.self)
      orders.append(Name(profile: profile, id: id, source: source, externalId: externalId))
    }
    for row in try await database.rows(
      "SELECT DISTINCT kind, value FROM base.identifiers WHERE profile = ANY (\(ids)) ORDER BY kind, value")
    {
      let (kind, value) = try row.decode(String.self, String.self)
      identifiers.append(.identifier(kind: kind, value: value))
    }
  }

  var values: [ErasedValue] {
    profiles.map { .profile(source: $0.source, externalId: $0.externalId) }
      + orders.map { .order(source: $0.source, externalId: $0.externalId) } + identifiers
  }
}
