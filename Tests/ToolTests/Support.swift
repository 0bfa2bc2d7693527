import Foundation
import Postgres
import TestSupport

@testable import Tool

/// Runs the body with a state folder of its own, prepared, and removes it afterwards.
func withStateFolder<Answer>(_ body: (StateFolder) async throws -> Answer) async throws -> Answer {
  let path = FileManager.default.temporaryDirectory.path + "/ecrm-test-" + Secrets.random(bytes: 6)
  let state = StateFolder(path: path)
  try state.prepare()
  defer { try? FileManager.default.removeItem(atPath: path) }
  return try await body(state)
}

/// Runs the body with a database of the examples' shop: how to reach it as its owner, and a pool for it.
func withExampleDatabase<Answer: Sendable>(
  _ body: (ConnectionString, PostgresPool) async throws -> Answer
) async throws -> Answer {
  let cluster = try await TestCluster.shared()
  let database = try await cluster.makeDatabase(template: try await ExampleHouse.shared().template)
  let connection = try ConnectionString(database.dsn)
  let pool = PostgresPool(PostgresConfiguration(dsn: database.dsn, sharedConnections: 1, exclusiveConnections: 2))
  let outcome: Result<Answer, any Error>
  do {
    outcome = .success(try await body(connection, pool))
  } catch {
    outcome = .failure(error)
  }
  pool.close()
  try await cluster.drop(database.name)
  return try outcome.get()
}
