import CustomerBase
import Foundation
import Postgres
import Server

/// Everything that `ecrm restore` does with a database.
struct Restoration: Sendable {
  let backup: BackupFile
  /// Nil where no keys were given.
  let keys: [Key]?
  let ledger: [Erasure]
  let state: StateFolder
  let settings: OperatorSettings
  let isReplacing: Bool

  /// Looks at everything first, then stops the services, loads the backup beside the database and swaps the two.
  func run(_ access: DatabaseAccess) async throws {
    let major = try await access.connection.serverMajor()
    let client = PostgresClient(access.connection, serverMajor: major)
    // With its keys the backup was compared by its digest already.
    if keys == nil { try await backup.requireWhole(client) }
    try await backup.requireKnownSchema(client)
    let places = DatabasePlaces(access.connection)
    defer { places.close() }
    let current = try await places.current()
    if current.holdsData, !isReplacing {
      throw Fault(
        "The database \(places.name) holds data: say --replace to give them up for the backup's. Nothing was changed.")
    }
    switch access.host {
    case .external: try await places.requireUnused()
    case .suite: try await stopServices()
    case .alone: break
    }
    try await places.makeBeside(like: current)
    do {
      try await load(places, major: major, after: current.lastEpoch, passwords: try passwords(access.host))
      try await places.swap()
    } catch {
      // Not part of what can be cancelled.
      try? await Task { try await places.dropBeside() }.value
      throw error
    }
    // The data that were replaced are gone from here on.
    try await Task { try await places.dropReplaced() }.value
  }

  private func stopServices() async throws {
    Terminal.say("Stopping the services")
    // A service that was just being started has no record in the first round.
    for _ in 0..<2 {
      try await Leftovers.endServices(state)
      try await Task.sleep(for: .milliseconds(300))
    }
  }

  private func load(
    _ places: DatabasePlaces, major: Int, after lastEpoch: Int, passwords: [String: String]
  ) async throws {
    Terminal.say("Loading \(backup.path)")
    try await backup.load(into: places.beside, serverMajor: major)
    Terminal.say("Bringing it up to date")
    try await SuiteDatabase.whole.migrate(
      dsn: places.beside.text, passwords: passwords, replacing: lastEpoch
    ) { Terminal.say("  \($0)") }
    try keepKeys()
    try await forget(places.beside)
  }

  /// Of the services' roles. Those of a database elsewhere keep theirs, unless they are named.
  private func passwords(_ host: DatabaseAccess.Host) throws -> [String: String] {
    var passwords: [String: String] = [:]
    for service in Service.allCases {
      let path = state.password(service.role)
      let given = try settings.password(of: service) ?? Files.text(path)
      if let password = try given ?? (host == .external ? nil : Secrets.obtain(path, bytes: 24)) {
        passwords[service.role] = password
      }
    }
    return passwords
  }

  /// Keys and ledger come before the database that needs them; alone they change nothing.
  private func keepKeys() throws {
    try Keys.add(keys ?? [], in: state)
    if !ledger.isEmpty { try Files.write(try ErasureLedger.lines(ledger), to: state.erasures, mode: 0o600) }
  }

  /// Erases again who was erased since the backup, and takes from workers of the other database what they worked on.
  private func forget(_ connection: ConnectionString) async throws {
    let erasureKeys = try Keys.all(in: state, settings).filter { $0.purpose == .erasure }
      .map { ErasureKey(id: $0.id, secret: Array($0.secret.utf8)) }
    let pool = connection.pool(for: "ecrm restore")
    defer { pool.close() }
    let erased = try await pool.transaction { transaction in
      try await transaction.execute(
        "UPDATE base.jobs SET state = 'queued', attempt = attempt + 1 WHERE state = 'running'")
      return try await Eraser(schemas: SuiteDatabase.whole.schemas.map(\.schema), in: transaction)
        .apply(ledger, keys: erasureKeys)
    }
    try await pool.connection { connection in
      // What the planner knows of a table is in no backup.
      try await connection.execute("ANALYZE")
    }
    if !ledger.isEmpty {
      Terminal.say("Erasures applied: \(ledger.count), of \(erased) profiles that the backup still held")
    }
  }
}
