import CustomerBase
import Postgres

/// Rows that name others. Those with a foreign key are found in the catalogue; those without one are listed here.
struct Reference: Sendable, Hashable {
  let table: String
  let columns: [String]
  let target: String
  let targetColumns: [String]

  init(_ table: String, _ columns: [String], to target: String, _ targetColumns: [String]) {
    self.table = table
    self.columns = columns
    self.target = target
    self.targetColumns = targetColumns
  }

  /// References that no constraint keeps, because the table is written in bulk or cut into partitions.
  static let unconstrained = [
    Reference("acquisition.events", ["profile"], to: "base.profiles", ["id"]),
    Reference("acquisition.events", ["entry"], to: "base.journal", ["id"]),
    Reference("base.customers", ["id"], to: "base.profiles", ["id"]),
    Reference("base.identifiers", ["profile"], to: "base.profiles", ["id"]),
    Reference("base.journal", ["subject"], to: "base.profiles", ["id"]),
    Reference("base.match_candidates", ["a"], to: "base.profiles", ["id"]),
    Reference("base.match_candidates", ["b"], to: "base.profiles", ["id"]),
    Reference("base.match_keys", ["profile"], to: "base.profiles", ["id"]),
    Reference("base.members", ["customer"], to: "base.customers", ["id"]),
    Reference("base.members", ["profile"], to: "base.profiles", ["id"]),
    Reference("base.order_keys", ["profile", "order_id"], to: "base.orders", ["profile", "id"]),
    Reference("base.orders", ["entry"], to: "base.journal", ["id"]),
    Reference("base.profile_keys", ["profile"], to: "base.profiles", ["id"]),
    Reference("base.segment_members", ["customer"], to: "base.profiles", ["id"]),
    Reference("base.segment_rechecks", ["customer"], to: "base.profiles", ["id"]),
    Reference("base.traits", ["profile"], to: "base.profiles", ["id"]),
    Reference("retention.lifetime_values", ["customer"], to: "base.profiles", ["id"]),
    Reference("retention.point_entries", ["profile"], to: "base.profiles", ["id"]),
    Reference("retention.point_lots", ["profile"], to: "base.profiles", ["id"]),
    Reference("retention.point_movements", ["profile"], to: "base.profiles", ["id"]),
  ]

  /// The foreign keys of these schemas.
  static func constrained(_ schemas: [String], in database: any Database) async throws -> [Reference] {
    let rows = try await database.rows(
      """
      SELECT k.conrelid::regclass::text, k.confrelid::regclass::text,
        (SELECT array_agg(a.attname::text ORDER BY c.place) FROM unnest(k.conkey) WITH ORDINALITY AS c (number, place)
          JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = c.number),
        (SELECT array_agg(a.attname::text ORDER BY c.place) FROM unnest(k.confkey) WITH ORDINALITY AS c (number, place)
          JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = c.number)
      FROM pg_constraint k
      WHERE k.contype = 'f' AND k.conparentid = 0 AND k.connamespace::regnamespace::text = ANY (\(schemas))
      ORDER BY k.conrelid::regclass::text, k.conname
      """)
    return try rows.map { row in
      let (table, target, columns, targetColumns) = try row.decode(
        String.self, String.self, [String].self, [String].self)
      return Reference(table, columns, to: target, targetColumns)
    }
  }

  /// Looks for rows whose other is not there.
  var check: FaultCheck {
    FaultCheck("\(table) → \(target)") { database in
      let own = columns.map { "c.\(SQL(identifier: $0))" as SQL }
      let present = own.map { "\($0) IS NOT NULL" as SQL }.joined(separator: " AND ")
      let same = zip(own, targetColumns).map { "p.\(SQL(identifier: $1)) = \($0)" as SQL }.joined(separator: " AND ")
      let named: [String] = try await database.all(
        """
        SELECT DISTINCT concat_ws(', ', \(own.joined(separator: ", "))) FROM \(name(table)) c
        WHERE \(present) AND NOT EXISTS (SELECT FROM \(name(target)) p WHERE \(same)) ORDER BY 1 LIMIT 20
        """)
      return named.map {
        "\(table) (\(columns.joined(separator: ", "))) names \($0), which is not in \(target)."
      }
    }
  }

  private func name(_ table: String) -> SQL {
    table.split(separator: ".").map { SQL(identifier: String($0)) }.joined(separator: ".")
  }
}
