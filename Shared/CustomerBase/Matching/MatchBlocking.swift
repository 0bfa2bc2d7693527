import Matching
import Models
import Postgres

extension CustomerBase {
  /// Writes the keys of profiles, in the caller's transaction; those who were erased have none.
  public func writeMatchKeys(_ profiles: [ID<Profile>], _ keys: [[Int64]]) async throws {
    guard !profiles.isEmpty else { return }
    // An array of arrays has to be even, so each goes as the text that PostgreSQL reads arrays from.
    let texts = keys.map { "{\($0.map(String.init).joined(separator: ","))}" }
    try await database.execute(
      """
      INSERT INTO base.match_keys AS k (profile, keys)
      SELECT p.id, n.keys::bigint[]
      FROM unnest(\(profiles), \(texts)) AS n (profile, keys)
      JOIN base.profiles p ON p.id = n.profile AND p.erased_at IS NULL
      ON CONFLICT ON CONSTRAINT match_keys_pkey DO UPDATE SET keys = excluded.keys WHERE k.keys <> excluded.keys
      """)
  }

  /// Which of the profiles have no such keys yet.
  public static func changedMatchKeys(
    _ profiles: [ID<Profile>], _ keys: [[Int64]], _ database: any Database
  ) async throws -> [Int] {
    let rows = try await database.rows(
      """
      SELECT w.place - 1, k.keys FROM unnest(\(profiles)) WITH ORDINALITY AS w (profile, place)
      JOIN base.match_keys k ON k.profile = w.profile
      """)
    var kept = Set<Int>()
    for row in rows {
      let (place, found) = try row.decode(Int.self, [Int64].self)
      if found == keys[place] { kept.insert(place) }
    }
    return profiles.indices.filter { !kept.contains($0) }
  }

  /// Other profiles that have a key in common with one of these, each pair once; keys that many have are left out.
  ///
  /// Each key is looked up in its index, also where the planner has not counted the table yet and would rather read all of
  /// it, thousands of times.
  ///
  /// - Parameter keys: those of each profile, as they are written.
  public static func blockedPartners(
    of profiles: [ID<Profile>], _ keys: [[Int64]], _ database: any Database
  ) async throws -> [(profile: ID<Profile>, partner: ID<Profile>)] {
    let asked = Set(keys.joined()).sorted()
    for name in ["enable_seqscan", "jit"] { _ = database.send("SELECT set_config(\(name), 'off', true)") }
    let found = database.send(
      """
      SELECT q.key, h.having
      FROM unnest(\(asked)) AS q (key) CROSS JOIN LATERAL (
        SELECT array_agg(f.profile) AS having
        FROM (SELECT k.profile FROM base.match_keys k WHERE k.keys @> ARRAY[q.key] LIMIT \(Blocking.largestBlock + 1)) f
      ) h
      WHERE cardinality(h.having) BETWEEN 2 AND \(Blocking.largestBlock)
      """)
    _ = database.send("SELECT set_config('enable_seqscan', 'on', true)")
    var holders: [Int64: [ID<Profile>]] = [:]
    for row in try await found.rows() {
      let (key, having) = try row.decode(Int64.self, [ID<Profile>].self)
      holders[key] = having
    }
    return zip(profiles, keys).flatMap { profile, keys in
      Set(keys.flatMap { holders[$0] ?? [] }).subtracting([profile]).sorted().map { (profile, $0) }
    }
  }
}
