/// A transaction in the hands of one caller. Statements run in the order in which they are sent.
public struct Transaction: Database {
  let lease: Lease

  public func send(_ sql: SQL) -> Pending {
    lease.send(sql)
  }

  /// Runs the body so that its failure undoes its own statements only, and the transaction can go on.
  public func savepoint<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
    try await lease.savepoint(body)
  }

  /// Copies what the sequence yields into a table, in the format that the COPY statement names.
  @discardableResult
  public func copyIn<Chunks: AsyncSequence>(_ sql: SQL, rows: Chunks) async throws -> Int
  where Chunks.Element == [UInt8] {
    try await lease.copyIn(sql) { copy in
      for try await chunk in rows { try await copy.write(chunk) }
    }
  }

  /// Copies rows into a table; the statement says `FORMAT binary`.
  @discardableResult
  public func copyIn(_ sql: SQL, write: (CopyWriter) async throws -> Void) async throws -> Int {
    try await lease.copyIn(sql) { copy in
      let writer = CopyWriter(copy)
      try await write(writer)
      try await writer.finish()
    }
  }
}

/// A connection in the hands of one caller, outside of any transaction.
public struct Connection: Database {
  let lease: Lease

  public func send(_ sql: SQL) -> Pending {
    lease.send(sql)
  }

  /// Copies what the sequence yields into a table, in the format that the COPY statement names.
  @discardableResult
  public func copyIn<Chunks: AsyncSequence>(_ sql: SQL, rows: Chunks) async throws -> Int
  where Chunks.Element == [UInt8] {
    try await Transaction(lease: lease).copyIn(sql, rows: rows)
  }

  /// Copies rows into a table; the statement says `FORMAT binary`.
  @discardableResult
  public func copyIn(_ sql: SQL, write: (CopyWriter) async throws -> Void) async throws -> Int {
    try await Transaction(lease: lease).copyIn(sql, write: write)
  }

  /// What `COPY … TO STDOUT` gives, a row at a time, read no faster than it is asked for.
  ///
  /// Until the last row has been read nothing else runs on the connection. Stopping before that costs the connection;
  /// the pool makes another. The statement's time limit holds for the whole of it.
  public func copyOut(_ sql: SQL) -> CopyRows {
    CopyRows(lease: lease, sql: sql)
  }

  /// Notifications of the channel, from the time of this call until the connection is given back.
  ///
  /// Of a reader that is too slow the oldest are dropped beyond 1024, so they are hints to look, no record.
  public func notifications(on channel: String) async throws -> AsyncThrowingStream<Notification, any Error> {
    let (stream, continuation) = AsyncThrowingStream.makeStream(
      of: Notification.self, bufferingPolicy: .bufferingNewest(1024))
    let session = lease.session
    session.listen(channel) { notification in
      guard let notification else {
        let isLost = session.isBroken
        return continuation.finish(throwing: isLost ? session.refusal : nil)
      }
      continuation.yield(notification)
    }
    try await execute("LISTEN \(SQL(identifier: channel))")
    return stream
  }

  /// Runs several statements at once, by the simple protocol. For the migrator only.
  func run(script: SQL) async throws {
    try await lease.run(script: script)
  }
}
