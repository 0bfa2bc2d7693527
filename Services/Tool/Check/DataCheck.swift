import CustomerBase
import Foundation
import Postgres
import Server

/// What can be wrong in the data, and what cannot be told of them.
struct DataCheck: Sendable {
  /// Sentences about what is wrong, none when nothing is.
  var faults: [String] = []
  /// Sentences about what could not be looked at, and why.
  var notes: [String] = []

  /// Looks at everything in one snapshot of the database, showing how far it is when it takes its time.
  static func run(_ databaseURL: String, _ state: StateFolder, _ settings: OperatorSettings) async -> DataCheck {
    var found = DataCheck()
    do {
      let connection = try ConnectionString(databaseURL)
      let pool = connection.pool(for: "ecrm check")
      defer { pool.close() }
      let erasures = try ErasureLedger(path: state.erasures).erasures()
      let keys = try Keys.all(in: state, settings)
      (found.faults, found.notes) = try await pool.transaction(.snapshot) { database in
        try await Migrator(schemas: SuiteDatabase.whole.schemas).verify(database)
        let audit = keys.filter { $0.purpose == .audit }.map { AuditKey(secret: $0.secret) }
        let chained = try await CustomerBase.auditKeyIDs(in: database)
        return (try await faults(in: database, erasures, audit), notes(erasures, chained, keys, state))
      }
    } catch {
      found.faults.append("The database cannot be checked: \(error)")
    }
    return found
  }

  private static func faults(
    in database: any Database, _ erasures: [Erasure], _ auditKeys: [AuditKey]
  ) async throws -> [String] {
    let schemas = SuiteDatabase.whole.schemas.map(\.schema)
    let references = try await Reference.constrained(schemas, in: database) + Reference.unconstrained
    let checks =
      [unusable(schemas)] + references.map(\.check) + CustomerBase.checks
      + [CustomerBase.auditCheck(auditKeys), lifetimeValues, points, erased(erasures)]
    var faults: [String] = []
    let start = ContinuousClock.now
    let bar = ProgressBar(title: "Checking the data", total: checks.count)
    var pending = 0
    for check in checks {
      faults += try await check.faults(database)
      pending += 1
      // What takes a moment needs no bar.
      if start.duration(to: .now) > .seconds(1) {
        bar.advance(by: pending)
        pending = 0
      }
    }
    if pending < checks.count { bar.finish() }
    return faults
  }

  /// Indexes and constraints that PostgreSQL has, and does not use.
  private static func unusable(_ schemas: [String]) -> FaultCheck {
    FaultCheck(
      "indexes and constraints",
      """
      SELECT 'Index ' || i.indexrelid::regclass || ' is not valid: REINDEX it.' FROM pg_index i
      JOIN pg_class c ON c.oid = i.indexrelid
      WHERE c.relnamespace::regnamespace::text = ANY (\(schemas)) AND NOT (i.indisvalid AND i.indisready)
      UNION ALL
      SELECT 'Constraint ' || k.conname || ' of ' || k.conrelid::regclass || ' is not validated.'
      FROM pg_constraint k WHERE k.connamespace::regnamespace::text = ANY (\(schemas)) AND NOT k.convalidated
      ORDER BY 1 LIMIT 20
      """)
  }

  private static let lifetimeValues = FaultCheck(
    "lifetime values",
    """
    SELECT 'The lifetime value of customer ' || customer || ' for orders of "' || source || '" is out of range.'
    FROM retention.lifetime_values
    WHERE NOT (expected_purchases BETWEEN 0 AND 'infinity' AND probability_alive BETWEEN 0 AND 1)
      OR expected_value = 'NaN' OR abs(expected_value) = 'infinity' OR expected_purchases = 'infinity'
    ORDER BY customer LIMIT 20
    """)

  /// What is left of a lot is the sum of its movements, of one profile, and a reversal is the opposite of its entry.
  private static let points = FaultCheck(
    "points",
    """
    SELECT 'Lot ' || l.id || ' of points has ' || l.remaining || ' left; its movements leave '
      || COALESCE(sum(v.points), 0) || '.'
    FROM retention.point_lots l LEFT JOIN retention.point_movements v ON v.lot = l.id AND v.profile = l.profile
    GROUP BY l.id HAVING l.remaining <> COALESCE(sum(v.points), 0)
    UNION ALL
    SELECT 'Entry ' || e.id || ' of points is not the opposite of entry ' || e.reverses || '.'
    FROM retention.point_entries e
    WHERE e.reverses IS NOT NULL AND (
      SELECT COALESCE(sum(v.points), 0) FROM retention.point_movements v WHERE v.entry IN (e.id, e.reverses)) <> 0
    ORDER BY 1 LIMIT 20
    """)

  /// Whoever stands in the ledger is erased in the data.
  private static func erased(_ erasures: [Erasure]) -> FaultCheck {
    FaultCheck(
      "erasures",
      """
      SELECT 'Profile ' || id || ' is in the ledger of erasures and was not erased here: restore the backup with the '
        || 'ledger.'
      FROM base.profiles
      WHERE id = ANY (\(Array(Set(erasures.flatMap(\.profiles))))) AND erased_at IS NULL ORDER BY id LIMIT 20
      """)
  }

  /// - Parameter chained: Keys that the audit trail was chained with.
  private static func notes(
    _ erasures: [Erasure], _ chained: [String], _ keys: [Key], _ state: StateFolder
  ) -> [String] {
    let missing = Set(erasures.compactMap(\.key)).subtracting(keys.map(\.id)).sorted()
    return chained.filter { id in !keys.contains { $0.id == id } }.map {
      "What of the audit trail was chained under key \($0) is not verifiable: the key is not in \(state.keys)."
    } + missing.map { "Who was erased under key \($0) cannot be recognised: the key is not in \(state.keys)." }
  }
}
