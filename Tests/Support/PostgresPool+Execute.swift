import Postgres

extension PostgresPool {
  /// Runs a statement that writes, in a transaction of its own: the shared lane only reads.
  @discardableResult
  public func execute(_ sql: SQL) async throws -> Int {
    try await transaction { try await $0.execute(sql) }
  }
}
