import Models
import Postgres

/// What an erasure did to the rows of a table.
public struct ErasedTable: Codable, Hashable, Sendable {
  /// Schema and name, as `acquisition.events`.
  public var table: String
  /// Rows that are gone.
  public var removed: Int
  /// Rows that stay and were emptied of what names the person.
  public var blanked: Int
  /// Rows that stay as they are, under profiles that name nobody.
  public var kept: Int

  public init(table: String, removed: Int, blanked: Int, kept: Int) {
    self.table = table
    self.removed = removed
    self.blanked = blanked
    self.kept = kept
  }
}

extension Eraser {
  /// Every schema of the database that erases people.
  public static func schemas(in database: any Database) async throws -> [String] {
    try await database.all(
      """
      SELECT p.pronamespace::regnamespace::text FROM pg_proc p
      WHERE p.proname = 'erase' AND p.prosecdef AND p.proargtypes::text = 'uuid[]'::regtype::oid::text
      ORDER BY p.pronamespace::regnamespace::text <> 'base', 1
      """)
  }

  /// Forgets the profiles as `erase` does, and tells by tables what that did.
  ///
  /// PostgreSQL counts what a transaction changes: so every table is in the report, whoever brought it.
  public func eraseAndTell(
    _ profiles: [ID<Profile>], key: ErasureKey
  ) async throws -> (hashes: [[UInt8]], tables: [ErasedTable]) {
    let before = try await changes()
    var after: [String: (removed: Int, blanked: Int)] = [:]
    let hashes = try await erase(profiles, key: key) { after = try await changes() }
    let left = try await rows(of: profiles)
    let tables = Set(after.keys).union(left.keys).sorted().map { table in
      let (was, now) = (before[table] ?? (0, 0), after[table] ?? (0, 0))
      let blanked = now.blanked - was.blanked
      return ErasedTable(
        table: table, removed: now.removed - was.removed, blanked: blanked, kept: max(0, (left[table] ?? 0) - blanked))
    }
    return (hashes, tables.filter { $0.removed + $0.blanked + $0.kept > 0 })
  }

  /// Rows that this transaction has changed, and others of its session that are not summed up yet.
  private func changes() async throws -> [String: (removed: Int, blanked: Int)] {
    let rows = try await transaction.rows(
      """
      SELECT COALESCE(p.inhparent, s.relid)::regclass::text, sum(s.n_tup_del)::int8, sum(s.n_tup_upd)::int8
      FROM pg_stat_xact_user_tables s LEFT JOIN pg_inherits p ON p.inhrelid = s.relid
      WHERE s.schemaname = ANY (\(schemas)) AND s.n_tup_del + s.n_tup_upd > 0
      GROUP BY 1
      """)
    return Dictionary(
      uniqueKeysWithValues: try rows.map { row in
        let (table, removed, blanked) = try row.decode(String.self, Int.self, Int.self)
        return (table, (removed, blanked))
      })
  }

  /// Rows that name the profiles as theirs.
  private func rows(of profiles: [ID<Profile>]) async throws -> [String: Int] {
    let tables = try await transaction.rows(
      """
      SELECT n.nspname::text, c.relname::text FROM pg_attribute a
      JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname = ANY (\(schemas))
        AND a.attname = 'profile' AND a.atttypid = 'uuid'::regtype AND NOT a.attisdropped
        AND EXISTS (
          SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indpred IS NULL AND i.indkey[0] = a.attnum)
      """)
    let counts = try tables.map { row in
      let (schema, name) = try row.decode(String.self, String.self)
      let table: SQL = "\(SQL(identifier: schema)).\(SQL(identifier: name))"
      return (
        "\(schema).\(name)", transaction.send("SELECT count(*) FROM \(table) WHERE profile = ANY (\(profiles))")
      )
    }
    var rows: [String: Int] = [:]
    for (table, count) in counts { rows[table] = try await count.one() }
    return rows
  }
}
