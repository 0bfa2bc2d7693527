import CustomerBase
import Foundation
import Models
import Postgres
import Server
import TestSupport
import Testing

@testable import Tool

// One after another: roles belong to the whole cluster, and a restore gives them their passwords.
@Suite(.serialized) struct RestorationTests {
  private let noSettings: OperatorSettings

  init() async throws {
    noSettings = try await OperatorSettings(environment: [:])
  }

  /// Runs the body with a backup of the examples' shop in a file.
  private func withBackup(
    _ format: BackupFormat, changing change: SQL? = nil,
    _ body: (BackupFile, PostgresPool, StateFolder) async throws -> Void
  ) async throws {
    try await withStateFolder { state in
      try await withExampleDatabase { database, pool in
        if let change { try await pool.execute(change) }
        let path = state.path + "/backup"
        try await Dump(database, format: format).write(to: path)
        try await body(try BackupFile(path: path), pool, state)
      }
    }
  }

  private func restoration(
    _ backup: BackupFile, _ state: StateFolder, keys: [Key]? = [], ledger: [Erasure] = [], isReplacing: Bool = false
  ) -> Restoration {
    Restoration(
      backup: backup, keys: keys, ledger: ledger, state: state, settings: noSettings, isReplacing: isReplacing)
  }

  /// Runs the body with an empty database to restore into.
  private func withEmptyDatabase(_ body: (DatabaseAccess, PostgresPool) async throws -> Void) async throws {
    try await withDatabase { pool in
      let name: String = try await pool.connection { try await $0.one("SELECT current_database()::text") }
      let connection = try ConnectionString(try await TestCluster.shared().dsn(name))
      try await body(DatabaseAccess(connection: connection, host: .external), pool)
    }
  }

  @Test(arguments: [BackupFormat.custom, .plain])
  func `what is restored is what was there, with the rights of a new database, in a later epoch`(
    _ format: BackupFormat
  ) async throws {
    try await withBackup(format) { backup, source, state in
      try await withEmptyDatabase { access, pool in
        try await restoration(backup, state).run(access)
        // The pool's connections went with the database they were to.
        let restored = PostgresPool(PostgresConfiguration(dsn: access.connection.text))
        defer { restored.close() }
        #expect(try await views(restored) == views(source))
        let epochs: [Int] = try await restored.shared.all("SELECT epoch::int8 FROM base.epochs ORDER BY epoch")
        #expect(epochs == [1, 2])
        // The shop's own partition is of an odd month, made after the rights were given.
        let dsn = try await TestCluster.shared().dsn(try await name(source))
        try await SuiteDatabase.whole.migrate(dsn: dsn, passwords: [:])
        let difference = Set(try await rights(restored)).symmetricDifference(try await rights(source))
        #expect(difference == [])
        let found = await DataCheck.run(access.connection.text, state, noSettings)
        #expect(found.faults == [])
        try await restored.execute("INSERT INTO base.customers (id) VALUES (gen_random_uuid())")

        // Data are given up only when that is said, and the epoch is later than either's.
        let fault = await #expect(throws: Fault.self) { try await restoration(backup, state).run(access) }
        #expect(fault?.description.contains("--replace") == true)
        try await restoration(backup, state, isReplacing: true).run(access)
        let again = PostgresPool(PostgresConfiguration(dsn: access.connection.text))
        defer { again.close() }
        #expect(try await views(again) == views(source))
        let last: Int = try await again.shared.one("SELECT max(epoch)::int8 FROM base.epochs")
        #expect(last == 3)
        let databases: Int = try await again.shared.one(
          "SELECT count(*) FROM pg_database WHERE datname LIKE current_database() || '_%'")
        #expect(databases == 0)
      }
    }
  }

  @Test func `who was erased since is erased again, and the ledger and the keys are kept`() async throws {
    try await withBackup(.custom) { backup, source, state in
      let profile: ID<Profile> = try await source.shared.one(
        "SELECT profile FROM base.identifiers WHERE value = 'ada@example.com' ORDER BY profile LIMIT 1")
      let key = Key(purpose: .erasure, secret: "secret", isCurrent: true)
      let ledger = [
        Erasure(
          erasure: ID(high: 1, low: 1), at: Timestamp(secondsSinceEpoch: 0), profiles: [profile], key: key.id,
          hashes: [[1]])
      ]
      try await withEmptyDatabase { access, _ in
        try await restoration(backup, state, keys: [key], ledger: ledger).run(access)
        let restored = PostgresPool(PostgresConfiguration(dsn: access.connection.text))
        defer { restored.close() }
        let name: String = try await restored.shared.one("SELECT external_id FROM base.profiles WHERE id = \(profile)")
        #expect(name.hasPrefix("erased:\(key.id):"))
        #expect(try ErasureLedger(path: state.erasures).erasures() == ledger)
        #expect(try Keys.all(in: state, noSettings) == [key])
        let found = await DataCheck.run(access.connection.text, state, noSettings)
        #expect(found.faults == [])
      }
    }
  }

  @Test func `a job that was being worked on is nobody's any more`() async throws {
    let change: SQL = "UPDATE base.jobs SET state = 'running', attempt = 4, finished_at = NULL"
    try await withBackup(.custom, changing: change) { backup, _, state in
      try await withEmptyDatabase { access, _ in
        try await restoration(backup, state).run(access)
        let restored = PostgresPool(PostgresConfiguration(dsn: access.connection.text))
        defer { restored.close() }
        let attempts: [Int] = try await restored.shared.all(
          "SELECT DISTINCT attempt FROM base.jobs WHERE state = 'queued'")
        #expect(attempts == [5])
      }
    }
  }

  @Test(arguments: [BackupFormat.custom, .plain])
  func `a backup of a newer version is refused before anything is changed`(_ format: BackupFormat) async throws {
    let change: SQL =
      "INSERT INTO public.schema_migrations (schema, version, name, checksum) VALUES ('base', 99, '0099_future', '')"
    try await withBackup(format, changing: change) { backup, _, state in
      try await withEmptyDatabase { access, pool in
        let fault = await #expect(throws: Fault.self) { try await restoration(backup, state).run(access) }
        #expect(fault?.description.contains("0099_future") == true)
        let hasSchema: Bool = try await pool.shared.one("SELECT to_regclass('base.profiles') IS NOT NULL")
        #expect(!hasSchema)
      }
    }
  }

  @Test(arguments: [BackupFormat.custom, .plain])
  func `a file that was cut off is refused`(_ format: BackupFormat) async throws {
    try await withBackup(format) { backup, _, state in
      let bytes = try #require(FileManager.default.contents(atPath: backup.path))
      let cut = state.path + "/cut"
      try await withEmptyDatabase { access, _ in
        for share in [0.3, 0.6, 0.99] {
          try bytes.prefix(Int(Double(bytes.count) * share)).write(to: URL(fileURLWithPath: cut))
          let fault = await #expect(throws: Fault.self) {
            try await restoration(try BackupFile(path: cut), state, keys: nil).run(access)
          }
          #expect(fault?.description.contains("cut off") == true, "\(String(describing: fault))")
        }
      }
    }
  }

  @Test func `a failure while loading leaves the database and removes what was begun`() async throws {
    try await withBackup(.plain) { backup, _, state in
      var text = try String(contentsOfFile: backup.path, encoding: .utf8)
      text.replace("\nCREATE TABLE base.orders (", with: "\nCREATE TABLE base.nowhere.orders (")
      try Files.write(text, to: backup.path, mode: 0o600)
      try await withEmptyDatabase { access, pool in
        try await pool.execute("CREATE TABLE public.stays ()")
        let fault = await #expect(throws: Fault.self) { try await restoration(backup, state).run(access) }
        #expect(fault?.description.contains("cannot be loaded") == true)
        let (stays, others) = try await pool.shared.rows(
          """
          SELECT to_regclass('public.stays') IS NOT NULL,
            (SELECT count(*) FROM pg_database WHERE datname LIKE current_database() || '_%')
          """)[0].decode(Bool.self, Int.self)
        #expect(stays && others == 0)
      }
    }
  }

  @Test func `what is no backup is refused by what it is`() async throws {
    try await withStateFolder { state in
      try Files.write("hello\n", to: state.path + "/text", mode: 0o600)
      for path in ["/text", "/nothing"] {
        #expect(throws: Fault.self) { try BackupFile(path: state.path + path) }
      }
      try await withDatabase { pool in
        let name: String = try await pool.connection { connection in
          try await connection.execute("CREATE TABLE public.others (id integer)")
          return try await connection.one("SELECT current_database()::text")
        }
        let connection = try ConnectionString(try await TestCluster.shared().dsn(name))
        for format in BackupFormat.allCases {
          let path = "\(state.path)/\(format.rawValue)"
          try await Dump(connection, format: format).write(to: path)
          let client = PostgresClient(connection, serverMajor: try await connection.serverMajor())
          let fault = await #expect(throws: Fault.self) {
            try await BackupFile(path: path).requireKnownSchema(client)
          }
          #expect(fault?.description.contains("another database") == true)
        }
      }
    }
  }

  @Test func `a file of keys names its backup and is refused when it is damaged`() async throws {
    try await withStateFolder { state in
      let path = state.path + "/keys.json"
      let key = Key(purpose: .audit, secret: "secret", isCurrent: true)
      try KeysFile(backup: "digest", at: Timestamp(secondsSinceEpoch: 0), keys: [key], erasures: []).write(to: path)
      #expect(Files.mode(path) == 0o600)
      let file = try KeysFile(path: path)
      #expect(file.backup == "digest" && file.suiteKeys == [key])
      let text = try #require(try Files.text(path))
      try Files.write(text.replacing("\"secret\":\"secret\"", with: "\"secret\":\"other\""), to: path, mode: 0o600)
      #expect(throws: Fault.self) { try KeysFile(path: path) }
    }
  }

  private func name(_ pool: PostgresPool) async throws -> String {
    try await pool.shared.one("SELECT current_database()::text")
  }

  /// Every customer as the service shows it.
  private func views(_ pool: PostgresPool) async throws -> [String] {
    let base = CustomerBase(
      database: pool.shared, now: Timestamp(secondsSinceEpoch: 0),
      ids: IDGenerator(clock: { Timestamp(secondsSinceEpoch: 0) }),
      author: Author(service: "test", method: "test", actor: "test"))
    let customers: [ID<Customer>] = try await pool.shared.all("SELECT id FROM base.customers ORDER BY id")
    var views: [String] = []
    for customer in customers { views.append(try await base.view(of: customer)?.text ?? "") }
    #expect(views.count > 50)
    return views
  }

  /// Who may do what with every table, function and schema.
  private func rights(_ pool: PostgresPool) async throws -> [String] {
    let rights: [String] = try await pool.shared.all(
      """
      SELECT r.name || ' ' || COALESCE((SELECT string_agg(a::text, ' ' ORDER BY a::text) FROM unnest(r.acl) a), 'none')
      FROM (
        SELECT oid::regclass::text, relacl FROM pg_class
        WHERE relkind IN ('r', 'p', 'S') AND relnamespace::regnamespace::text !~ '^(pg_|information_schema)'
        UNION ALL
        SELECT oid::regprocedure::text, proacl FROM pg_proc
        WHERE pronamespace::regnamespace::text !~ '^(pg_|information_schema|public)'
        UNION ALL
        SELECT nspname::text, nspacl FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema|public)'
        UNION ALL
        SELECT defaclnamespace::regnamespace::text || defaclobjtype::text, defaclacl FROM pg_default_acl
      ) AS r (name, acl) ORDER BY 1
      """)
    #expect(rights.count > 40)
    return rights
  }
}
