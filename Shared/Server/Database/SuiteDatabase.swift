import CustomerBase
import Models
import Postgres

/// The one database of the suite: its schemas, its roles and what each role may do.
public struct SuiteDatabase: Sendable {
  /// The one service that erases people, which may call every schema's `erase` and empty entries of the journal.
  static let erasingService = "channel-integration"

  let services: [any SuiteService.Type]

  public init(_ services: [any SuiteService.Type]) {
    self.services = services
  }

  /// Every schema, in the order of migration.
  public var schemas: [SchemaMigrations] { [CustomerBase.schema] + services.map { $0.schema } }

  /// Brings the database up to date and makes the services' roles with these passwords, as the database's owner. May be
  /// run again at any time, and several times at once.
  ///
  /// - Parameter lastEpoch: The last epoch of a database that this one takes the place of; the journal goes on in a later
  ///   one. Without it another epoch begins only where the database has moved to another cluster.
  public func migrate(
    dsn: String, passwords: [String: String], replacing lastEpoch: Int? = nil,
    progress: @Sendable (String) -> Void = { _ in }
  ) async throws {
    try await Migrator(schemas: schemas).migrate(dsn: dsn, progress: progress)
    let pool = PostgresPool(
      PostgresConfiguration(dsn: dsn, applicationName: "ecrm migrate", sharedConnections: 0, exclusiveConnections: 1))
    defer { pool.close() }
    try await pool.transaction(statementTimeout: .seconds(60)) { transaction in
      try await transaction.execute("SELECT pg_advisory_xact_lock(hashtextextended('roles', 0))")
      try await raiseEpoch(above: lastEpoch, transaction)
      try await restrict(transaction)
      for service in services {
        try await makeRole(service.role, password: passwords[service.role], transaction)
        try await grant(to: service, transaction)
      }
      try await transaction.execute("SELECT acquisition.ensure_partitions()")
    }
  }

  /// Begins another epoch of the journal where the database has moved to another cluster: transaction numbers start over
  /// there. So does what was restored in a cluster that it came from.
  private func raiseEpoch(above lastEpoch: Int?, _ transaction: Transaction) async throws {
    let raised: Int? = try await transaction.first(
      """
      INSERT INTO base.epochs (epoch, system_identifier)
      SELECT (SELECT greatest(max(e.epoch), \(lastEpoch)) + 1 FROM base.epochs e), c.system_identifier
      FROM pg_control_system() c
      WHERE \(lastEpoch)::int8 IS NOT NULL
        OR c.system_identifier <> (SELECT e.system_identifier FROM base.epochs e ORDER BY e.epoch DESC LIMIT 1)
      RETURNING epoch::int8
      """)
    guard let raised else { return }
    try await run("ALTER TABLE base.journal ALTER COLUMN epoch SET DEFAULT %s", ["\(raised)"], transaction)
  }

  /// What holds for everybody. Migrations say it too, but a backup holds no rights.
  private func restrict(_ transaction: Transaction) async throws {
    try await transaction.execute("GRANT SELECT ON public.schema_migrations TO PUBLIC")
    let functions = try await transaction.rows(
      """
      SELECT p.oid::regprocedure::text FROM pg_proc p
      WHERE (p.prosecdef OR p.proname LIKE 'erase\\_%') AND p.pronamespace::regnamespace::text = ANY (\(schemas.map(\.schema)))
      """)
    for function in functions {
      try await run("REVOKE ALL ON FUNCTION %s FROM PUBLIC", [try function.decode(String.self)], transaction)
    }
  }

  private func makeRole(_ role: String, password: String?, _ transaction: Transaction) async throws {
    let exists: Bool = try await transaction.one("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = \(role))")
    if !exists { try await run("CREATE ROLE %I LOGIN NOINHERIT", [role], transaction) }
    if let password { try await run("ALTER ROLE %I PASSWORD %L", [role, password], transaction) }
  }

  /// Takes everything back, then grants what the lists say, so that the lists are the truth.
  private func grant(to service: any SuiteService.Type, _ transaction: Transaction) async throws {
    let role = service.role
    for schema in schemas.map(\.schema) {
      try await run("REVOKE ALL ON ALL TABLES IN SCHEMA %I FROM %I", [schema, role], transaction)
      try await run("GRANT USAGE ON SCHEMA %I TO %I", [schema, role], transaction)
      try await run("GRANT SELECT ON ALL TABLES IN SCHEMA %I TO %I", [schema, role], transaction)
      try await run("ALTER DEFAULT PRIVILEGES IN SCHEMA %I GRANT SELECT ON TABLES TO %I", [schema, role], transaction)
    }
    try await run("GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %I TO %I", [role, role], transaction)
    for grant in BaseGrant.everyService + (BaseGrant.byService[service.name] ?? []) {
      for privilege in grant.privileges {
        try await run("GRANT %s ON base.%I TO %I", [privilege.rawValue, grant.table, role], transaction)
      }
    }
    if service.name == Self.erasingService {
      for schema in schemas.map(\.schema) {
        try await run("GRANT EXECUTE ON FUNCTION %I.erase(uuid[]) TO %I", [schema, role], transaction)
      }
      try await run(
        "GRANT EXECUTE ON FUNCTION base.forget_payloads(timestamptz, timestamptz) TO %I", [role], transaction)
    }
    for function in service.ownFunctions {
      try await run("GRANT EXECUTE ON FUNCTION %I.%I() TO %I", [role, function, role], transaction)
    }
  }

  /// Runs a statement whose names and literals PostgreSQL's own `format` puts in: utility statements take no parameters.
  private func run(_ format: String, _ values: [String], _ transaction: Transaction) async throws {
    _ = transaction.send("SELECT set_config('ecrm.statement', format(\(format), VARIADIC \(values)), true)")
    try await transaction.execute(
      "DO $$ BEGIN EXECUTE current_setting('ecrm.statement'); END $$")
    try await transaction.execute("SELECT set_config('ecrm.statement', '', true)")
  }
}

/// A right on a table of schema `base`. This list is the one place that says who may write there.
struct BaseGrant: Sendable {
  enum Privilege: String, Sendable {
    case insert = "INSERT"
    case update = "UPDATE"
    case delete = "DELETE"
  }

  let table: String
  let privileges: [Privilege]

  init(_ table: String, _ privileges: Privilege...) {
    self.table = table
    self.privileges = privileges
  }

  /// What every service writes. Nobody may change the journal.
  static let everyService = [
    BaseGrant("journal", .insert),
    BaseGrant("answers", .insert, .update, .delete),
    BaseGrant("jobs", .insert, .update),
    BaseGrant("followers", .insert, .update),
  ]

  private static let people = [
    BaseGrant("profiles", .insert, .update),
    BaseGrant("profile_keys", .insert),
    BaseGrant("traits", .insert, .update, .delete),
    BaseGrant("identifier_values", .insert, .update),
    BaseGrant("identifiers", .insert, .update),
    BaseGrant("links", .insert, .update),
    BaseGrant("customers", .insert, .update, .delete),
    BaseGrant("members", .insert, .update),
  ]

  static let byService = [
    "acquisition": people + [BaseGrant("retention_rules", .update)],
    "channel-integration": people + [
      BaseGrant("audit_chain", .insert),
      BaseGrant("erased_values", .insert),
      BaseGrant("profile_keys", .update),
      BaseGrant("consents", .insert),
      BaseGrant("purposes", .insert, .update),
      BaseGrant("purpose_texts", .insert),
      BaseGrant("products", .insert, .update),
      BaseGrant("orders", .insert, .update),
      BaseGrant("order_keys", .insert, .update),
      BaseGrant("order_lines", .insert, .delete),
      BaseGrant("match_models", .insert, .update),
      BaseGrant("match_terms", .insert, .delete),
      BaseGrant("match_keys", .insert, .update),
      BaseGrant("match_candidates", .insert, .update, .delete),
      BaseGrant("match_decisions", .insert, .update),
      BaseGrant("segments", .insert, .update, .delete),
      BaseGrant("segment_members", .insert, .delete),
      BaseGrant("segment_rechecks", .insert, .update, .delete),
      BaseGrant("blocked_values", .insert, .update, .delete),
      BaseGrant("trait_policies", .insert, .update),
      BaseGrant("retention_rules", .insert, .update),
    ],
  ]
}
