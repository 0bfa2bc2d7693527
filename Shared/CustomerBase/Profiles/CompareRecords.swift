import Models
import Postgres

/// What writing a row would do.
public struct ComparedRow: Hashable, Sendable {
  public let outcome: UpsertOutcome
  /// Whether its verified values lead to several customers, whom writing it would join.
  public let isAmbiguous: Bool

  public init(outcome: UpsertOutcome, isAmbiguous: Bool = false) {
    self.outcome = outcome
    self.isAmbiguous = isAmbiguous
  }
}

/// What imports would do, told without writing: the same questions as the writing statements ask, set-wise.
extension CustomerBase {
  /// What `upsert` would do to each of these records, each by itself.
  public func compare(_ rows: [ProfileRow]) async throws -> [ComparedRow] {
    let positions = rows.indices.map { ID<Profile>(high: 0, low: UInt64($0)) }
    let carried = CarriedValues(rows, positions.map { KnownProfile(profile: $0, isNew: false) })
    var traitPositions: [Int] = []
    var names: [String] = []
    var values: [RawJSON] = []
    for (position, row) in rows.enumerated() {
      for (name, value) in row.traits.sorted(by: { $0.key < $1.key }) {
        traitPositions.append(position)
        names.append(name)
        values.append(value)
      }
    }
    let found = try await database.rows(
      """
      WITH given AS (
        SELECT g.position, k.profile
        FROM unnest(
          \(Array(rows.indices)), \(rows.map(\.reference.source.text)), \(rows.map(\.reference.externalId.text))
        ) AS g (position, source, external_id)
        LEFT JOIN base.profile_keys k ON k.source = g.source AND k.external_id = g.external_id
      ), told AS (
        SELECT t.position, t.name, t.value
        FROM unnest(\(traitPositions), \(names), \(values)) AS t (position, name, value)
      ), carried AS (
        SELECT c.position, c.kind, c.value, c.verified, c.joins
        FROM unnest(
          \(carried.profiles.map { Int($0.low) }), \(carried.kinds), \(carried.values), \(carried.verified),
          \(carried.joins)
        ) AS c (position, kind, value, verified, joins)
      ), changed AS (
        SELECT t.position FROM told t JOIN given g ON g.position = t.position
        LEFT JOIN base.traits h ON h.profile = g.profile AND h.name = t.name
        WHERE CASE WHEN t.value = 'null' THEN h.name IS NOT NULL ELSE h.value IS DISTINCT FROM t.value END
        UNION
        SELECT c.position FROM carried c JOIN given g ON g.position = c.position
        LEFT JOIN base.identifiers i ON i.profile = g.profile AND i.kind = c.kind AND i.value = c.value
        WHERE i.profile IS NULL OR c.verified AND NOT i.verified
      ), leads AS (
        SELECT c.position, m.customer
        FROM carried c
        JOIN base.identifiers i ON i.kind = c.kind AND i.value = c.value AND i.verified AND i.retired_at IS NULL
        JOIN base.members m ON m.profile = i.profile
        WHERE c.joins AND NOT EXISTS (
          SELECT FROM base.blocked_values b WHERE b.kind = c.kind AND b.value = c.value)
        UNION
        SELECT g.position, m.customer FROM given g JOIN base.members m ON m.profile = g.profile
      )
      SELECT g.profile IS NULL, EXISTS (SELECT FROM changed h WHERE h.position = g.position),
        (SELECT count(DISTINCT l.customer) FROM leads l WHERE l.position = g.position) > 1
      FROM given g ORDER BY g.position
      """)
    return try found.map { row in
      let (isNew, isChanged, isAmbiguous) = try row.decode(Bool.self, Bool.self, Bool.self)
      return ComparedRow(
        outcome: isNew ? .created : isChanged ? .updated : .unchanged, isAmbiguous: isAmbiguous)
    }
  }

  /// What `importOrders` would do to each of these orders, each by itself.
  public func compare(_ rows: [OrderRow], source: SourceName) async throws -> [ComparedRow] {
    let found = try await database.rows(
      """
      SELECT o.id IS NULL, o.fingerprint IS NOT DISTINCT FROM sha256(convert_to(w.fingerprint, 'UTF8'))
      FROM unnest(\(rows.map(\.externalId.text)), \(rows.map(\.fingerprint)))
        WITH ORDINALITY AS w (external_id, fingerprint, position)
      LEFT JOIN base.order_keys k ON k.source = \(source.text) AND k.external_id = w.external_id
      LEFT JOIN base.orders o ON o.profile = k.profile AND o.id = k.order_id
      ORDER BY w.position
      """)
    return try found.map { row in
      let (isNew, isSame) = try row.decode(Bool.self, Bool.self)
      return ComparedRow(outcome: isNew ? .created : isSame ? .unchanged : .updated)
    }
  }

  /// What `importProducts` would do to each of these products, each by itself.
  public func compare(_ rows: [Product]) async throws -> [ComparedRow] {
    let found = try await database.rows(
      """
      SELECT p.sku IS NULL, (p.name, p.category, p.price, p.currency, p.attributes) IS NOT DISTINCT FROM (
          w.name, COALESCE(w.category, p.category), COALESCE(w.price, p.price),
          COALESCE(w.currency, p.currency), COALESCE(w.attributes, p.attributes)
        )
      FROM unnest(
        \(rows.map(\.sku.text)), \(rows.map(\.name)), \(rows.map(\.category)),
        \(rows.map { $0.price?.amount.decimal }), \(rows.map { $0.price?.currency.text }), \(rows.map(\.attributes))
      ) WITH ORDINALITY AS w (sku, name, category, price, currency, attributes, position)
      LEFT JOIN base.products p ON p.sku = w.sku
      ORDER BY w.position
      """)
    return try found.map { row in
      let (isNew, isSame) = try row.decode(Bool.self, Bool.self)
      return ComparedRow(outcome: isNew ? .created : isSame ? .unchanged : .updated)
    }
  }

  /// What `importConsents` would do to each of these records.
  public func compare(_ rows: [ConsentRow]) async throws -> [ComparedRow] {
    let profiles: [ID<Profile>?] = try await database.rows(
      """
      SELECT k.profile
      FROM unnest(\(rows.map(\.customer.source.text)), \(rows.map(\.customer.externalId.text)))
        WITH ORDINALITY AS w (source, external_id, position)
      LEFT JOIN base.profile_keys k ON k.source = w.source AND k.external_id = w.external_id
      ORDER BY w.position
      """
    ).map { try $0.decode(ID<Profile>?.self) }
    let isNew: [Bool] = try await database.all(newConsents(rows, of: profiles))
    return isNew.map { ComparedRow(outcome: $0 ? .created : .unchanged) }
  }
}
