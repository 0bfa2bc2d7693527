import CLibpq

/// Out of pipeline mode: COPY and scripts of several statements, driven by one caller step by step.
extension Session {
  /// What a step found.
  enum Step<Value: Sendable>: Sendable {
    case done(Value)
    /// The socket has to be readable, or writable too, before it is worth another try.
    case blocked(writing: Bool)
  }

  /// Leaves pipeline mode and sends the text by the simple protocol.
  func beginManual(_ text: String) async throws {
    guard await waitUntilEmpty() else { throw refusal }
    try exclusively { guarded, _ throws(PostgresError) in
      guard case .ready = guarded.phase, guarded.pipeline.isEmpty, let connection = guarded.connection,
        PQexitPipelineMode(connection) == 1
      else { throw PostgresError(.unavailable, "the connection is busy") }
      guarded.phase = .manual
      watchManually(guarded, read: false, write: false)
      guard PQsendQuery(connection, text) == 1 else {
        throw .connection(connection, "the statement could not be sent")
      }
    }
    try await flushManually()
  }

  /// Goes back to pipeline mode; false when results are still owed.
  @discardableResult
  func endManual() -> Bool {
    exclusively { guarded, _ in
      guard case .manual = guarded.phase, let connection = guarded.connection, PQenterPipelineMode(connection) == 1
      else { return false }
      guarded.phase = .ready
      guarded.isWatchedForWriting = false
      watchManually(guarded, read: true, write: false)
      return true
    }
  }

  /// Repeats the step until it is done, waiting for the socket in between.
  func perform<Value: Sendable>(
    _ step: (OpaquePointer) throws(PostgresError) -> Step<Value>
  ) async throws -> Value {
    while true {
      let (value, readiness) = try exclusively { guarded, _ throws(PostgresError) -> (Value?, Answer?) in
        guard case .manual = guarded.phase, let connection = guarded.connection else {
          if case .broken(let reason) = guarded.phase { throw reason }
          throw PostgresError(.unavailable, "the COPY has ended")
        }
        switch try step(connection) {
        case .done(let value):
          return (value, nil)
        case .blocked(let writing):
          let readiness = Answer()
          guarded.readiness = readiness
          watchManually(guarded, read: true, write: writing)
          return (nil, readiness)
        }
      }
      if let value { return value }
      if case .failure(let error as PostgresError)? = await readiness?.outcome() { throw error }
    }
  }

  /// Pushes everything out, so that no more than one portion is ever buffered.
  func flushManually() async throws {
    try await perform { connection throws(PostgresError) in
      switch PQflush(connection) {
      case 0: return .done(())
      case 1:
        // The server may have stopped reading because its own answers are not read.
        guard PQconsumeInput(connection) == 1 else { throw .connection(connection, "the connection was lost") }
        return .blocked(writing: true)
      default: throw .connection(connection, "the connection was lost")
      }
    }
  }

  /// The next result, nil after the last.
  func nextResult() async throws -> ManualResult? {
    try await perform { connection throws(PostgresError) in
      if PQisBusy(connection) == 1 {
        guard PQconsumeInput(connection) == 1 else { throw .connection(connection, "the connection was lost") }
        if PQisBusy(connection) == 1 { return .blocked(writing: false) }
      }
      guard let result = PQgetResult(connection) else { return .done(nil) }
      switch PQresultStatus(result) {
      case PGRES_FATAL_ERROR:
        defer { PQclear(result) }
        return .done(.failure(PostgresError(result: result)))
      case PGRES_COPY_IN:
        PQclear(result)
        return .done(.copyIn)
      case PGRES_COPY_OUT:
        PQclear(result)
        return .done(.copyOut)
      default:
        return .done(.success(QueryResult(owning: result, columns: nil)))
      }
    }
  }

  /// Runs to the last result; the first failure is thrown, otherwise the last success returned.
  func finishManually() async throws -> QueryResult? {
    var last: QueryResult?
    var failure: PostgresError?
    while let result = try await nextResult() {
      switch result {
      case .success(let result): last = result
      case .failure(let error): failure = failure ?? error
      case .copyIn:
        try await endCopyIn("COPY is not possible here")
        failure = failure ?? PostgresError(.server, "COPY is not possible here")
      case .copyOut:
        throw PostgresError(.unavailable, "COPY is not possible here")
      }
    }
    endManual()
    if let failure { throw failure }
    return last
  }

  func putCopy(_ bytes: [UInt8]) async throws {
    guard !bytes.isEmpty else { return }
    try exclusively { guarded, _ throws(PostgresError) in
      guard case .manual = guarded.phase, let connection = guarded.connection else {
        throw PostgresError(.unavailable, "the COPY has ended")
      }
      let sent = bytes.withUnsafeBytes { raw in
        PQputCopyData(connection, raw.assumingMemoryBound(to: CChar.self).baseAddress, Int32(clamping: raw.count))
      }
      guard sent == 1 else { throw .connection(connection, "the COPY was ended by the server") }
    }
    try await flushManually()
  }

  /// Ends the copying; with a reason it fails and copies nothing.
  func endCopyIn(_ reason: String?) async throws {
    try await perform { connection throws(PostgresError) in
      switch PQputCopyEnd(connection, reason) {
      case 1: return .done(())
      case 0: return .blocked(writing: true)
      // The server has ended it already, and the next result says why.
      default: return .done(())
      }
    }
    try await flushManually()
  }

  /// The next rows, about 64 KiB of them, none at the end.
  func takeCopy() async throws -> [[UInt8]] {
    try await perform { connection throws(PostgresError) in
      var rows: [[UInt8]] = []
      var size = 0
      var mayRead = true
      while size < 65536 {
        var start: UnsafeMutablePointer<CChar>?
        let length = PQgetCopyData(connection, &start, 1)
        if length > 0, let start {
          rows.append([UInt8](UnsafeRawBufferPointer(start: start, count: Int(length))))
          size += Int(length)
          PQfreemem(start)
        } else if length == 0 {
          if !rows.isEmpty { break }
          guard mayRead else { return .blocked(writing: false) }
          mayRead = false
          guard PQconsumeInput(connection) == 1 else { throw .connection(connection, "the connection was lost") }
        } else {
          break
        }
      }
      return .done(rows)
    }
  }

  private func waitUntilEmpty() async -> Bool {
    _ = await comesToRest()
    return !isBroken
  }

  private func watchManually(_ guarded: Guarded, read: Bool, write: Bool) {
    Reactor.shared.watch(PQsocket(guarded.connection), number: guarded.number, read: read, write: write)
  }
}

/// A result outside of pipeline mode.
enum ManualResult: Sendable {
  case success(QueryResult)
  case failure(PostgresError)
  case copyIn
  case copyOut
}
