import Postgres

extension PostgresPool {
  /// Runs a statement that writes, in a transaction of its own: the shared lane only reads.
  @discardableResult
  public func execute(_ sql: SQL) async throws -> Int {
    try await transaction { try await $0.execute(sql) }
  }

  /// Waits until followers may take all that was written: a writing transaction of any other test holds them back.
  public func untilAllCanBeFollowed() async throws {
    let isHeldBack: SQL =
      "SELECT EXISTS (SELECT FROM base.journal WHERE transaction >= pg_snapshot_xmin(pg_current_snapshot()))"
    while try await shared.one(isHeldBack) { try await Task.sleep(for: .milliseconds(20)) }
  }
}
