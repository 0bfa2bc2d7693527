import CLibpq

/// A message that another session sent by NOTIFY.
public struct Notification: Sendable, Hashable {
  public let channel: String
  public let payload: String
}

extension Session {
  /// Sends the statements as one group: a failure skips those after it. False when the session does not take any.
  func submit(_ group: [(Statement, Answer)]) -> Bool {
    exclusively { guarded, effects in
      guard case .ready = guarded.phase, let connection = guarded.connection else { return false }
      if guarded.pipeline.isEmpty { guarded.lastProgress = .now }
      for (statement, answer) in group {
        guard statement.bindings.count <= Int(UInt16.max) else {
          let message = "a statement takes at most 65535 parameters; pass arrays"
          effects.settled.append((answer, .failure(PostgresError(.server, message, sqlState: "54000"))))
          continue
        }
        let submission = guarded.pipeline.submit(statement.key, ticket: answer)
        guard send(statement, submission, connection) else {
          shut(&guarded, &effects, .connection(connection, "the statement could not be sent"))
          return true
        }
      }
      guarded.pipeline.closeGroup()
      guard PQpipelineSync(connection) == 1 else {
        shut(&guarded, &effects, .connection(connection, "the statement could not be sent"))
        return true
      }
      flush(&guarded, &effects)
      return true
    }
  }

  private func send(_ statement: Statement, _ submission: Pipeline<Answer>.Submission, _ connection: OpaquePointer)
    -> Bool
  {
    if let forgotten = submission.forgotten {
      guard PQsendQueryParams(connection, "DEALLOCATE \(forgotten)", 0, nil, nil, nil, nil, 1) == 1,
        PQpipelineSync(connection) == 1
      else { return false }
    }
    let count = Int32(statement.bindings.count)
    let types = statement.key.types
    return withParameters(statement.bindings) { values, lengths, formats in
      switch submission.route {
      case .unnamed:
        return PQsendQueryParams(connection, statement.key.text, count, types, values, lengths, formats, 1) == 1
      case .preparing(let prepared):
        guard PQsendPrepare(connection, prepared.name, statement.key.text, count, types) == 1 else { return false }
        return PQsendQueryPrepared(connection, prepared.name, count, values, lengths, formats, 1) == 1
      case .prepared(let prepared):
        return PQsendQueryPrepared(connection, prepared.name, count, values, lengths, formats, 1) == 1
      }
    }
  }

  /// Pushes what is buffered, and has the socket watched for the rest.
  func flush(_ guarded: inout Guarded, _ effects: inout Effects) {
    guard let connection = guarded.connection else { return }
    switch PQflush(connection) {
    case 0:
      guard guarded.isWatchedForWriting else { return }
      guarded.isWatchedForWriting = false
      watch(&guarded, &effects, read: true, write: false)
    case 1:
      guard !guarded.isWatchedForWriting else { return }
      guarded.isWatchedForWriting = true
      watch(&guarded, &effects, read: true, write: true)
    default:
      receive(&guarded, &effects)
    }
  }

  /// Takes in what has arrived and settles what it answers.
  func receive(_ guarded: inout Guarded, _ effects: inout Effects) {
    guard let connection = guarded.connection else { return }
    let isAlive = PQconsumeInput(connection) == 1
    // What arrived before the connection was lost still counts.
    drain(&guarded, &effects, connection)
    guard guarded.connection != nil else { return }
    if !isAlive || PQstatus(connection) == CONNECTION_BAD {
      shut(&guarded, &effects, .connection(connection, "the connection to PostgreSQL was lost"))
    } else if guarded.isWatchedForWriting {
      flush(&guarded, &effects)
    }
  }

  private func drain(_ guarded: inout Guarded, _ effects: inout Effects, _ connection: OpaquePointer) {
    guard !guarded.pipeline.isEmpty else { return notify(&guarded, &effects, connection) }
    var emptyRounds = 0
    while !guarded.pipeline.isEmpty, emptyRounds < 2, PQisBusy(connection) == 0 {
      guard let result = PQgetResult(connection) else {
        emptyRounds += 1
        _ = guarded.pipeline.received(.end)
        continue
      }
      emptyRounds = 0
      guarded.lastProgress = .now
      switch PQresultStatus(result) {
      case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
        let answer = QueryResult(owning: result, columns: guarded.pipeline.nextPrepared?.columns)
        guard case .success(let ticket, let prepared) = guarded.pipeline.received(.success) else { continue }
        prepared?.columns = answer.columns
        effects.settled.append((ticket, .success(answer)))
      case PGRES_PIPELINE_SYNC:
        PQclear(result)
        _ = guarded.pipeline.received(.sync)
      case PGRES_PIPELINE_ABORTED:
        PQclear(result)
        settle(guarded.pipeline.received(.aborted), &effects)
      case PGRES_FATAL_ERROR:
        let error = PostgresError(result: result)
        PQclear(result)
        settle(guarded.pipeline.received(.failure(error)), &effects)
      default:
        PQclear(result)
        shut(&guarded, &effects, PostgresError(.server, "COPY runs by copyIn and copyOut alone"))
        return
      }
    }
    if guarded.pipeline.isEmpty {
      if let rest = guarded.rest {
        guarded.rest = nil
        effects.settled.append((rest, .failure(CancellationError())))
      }
      if let cameToRest { effects.calls.append { [self] in cameToRest(self) } }
    }
    notify(&guarded, &effects, connection)
  }

  private func notify(_ guarded: inout Guarded, _ effects: inout Effects, _ connection: OpaquePointer) {
    while let raw = PQnotifies(connection) {
      let notification = Notification(
        channel: String(cString: raw.pointee.relname), payload: String(cString: raw.pointee.extra))
      PQfreemem(raw)
      if let listener = guarded.listeners[notification.channel] { effects.calls.append { listener(notification) } }
    }
  }

  private func settle(_ delivery: Pipeline<Answer>.Delivery?, _ effects: inout Effects) {
    switch delivery {
    case .failure(let ticket, let error): effects.settled.append((ticket, .failure(error)))
    // The shared lane sends it again.
    case .skipped where settings.isShared: break
    case .skipped(let ticket, let error): effects.settled.append((ticket, .failure(error)))
    case .success, nil: break
    }
  }

  /// Has notifications of the channel handed over; nil stands for the loss of the connection.
  func listen(_ channel: String, _ listener: (@Sendable (Notification?) -> Void)?) {
    exclusively { guarded, _ in guarded.listeners[channel] = listener }
  }

  func stopListening() {
    exclusively { guarded, effects in
      let listeners = guarded.listeners.values
      effects.calls += listeners.map { listener in { listener(nil) } }
      guarded.listeners = [:]
    }
  }

  /// Waits until nothing is owed any more; false when a transaction is open or the session is of no more use.
  func comesToRest() async -> Bool {
    let rest = exclusively { guarded, _ -> Answer? in
      guard case .ready = guarded.phase, !guarded.pipeline.isEmpty else { return nil }
      let rest = guarded.rest ?? Answer()
      guarded.rest = rest
      return rest
    }
    _ = await rest?.outcome()
    return isAtRest
  }

  /// Whether nothing is owed and no transaction is open.
  var isAtRest: Bool {
    exclusively { guarded, _ in
      guard case .ready = guarded.phase, guarded.pipeline.isEmpty else { return false }
      return PQtransactionStatus(guarded.connection) == PQTRANS_IDLE
    }
  }

  var isBroken: Bool {
    exclusively { guarded, _ in if case .broken = guarded.phase { true } else { false } }
  }

  /// Why the session takes no statement.
  var refusal: PostgresError {
    exclusively { guarded, _ in
      switch guarded.phase {
      case .broken(let reason): PostgresError(.unavailable, reason.message, sqlState: reason.sqlState)
      case .manual: PostgresError(.unavailable, "the connection is busy with COPY")
      case .connecting, .ready: PostgresError(.unavailable, "the connection takes no statement")
      }
    }
  }

  /// Asks the server to end the running statement. The answer comes when the request has been handed over, so that it
  /// cannot hit a later one.
  func requestCancel() -> Answer {
    let answer = Answer()
    exclusively { guarded, effects in
      guard let connection = guarded.connection, let request = PQgetCancel(connection) else {
        effects.settled.append((answer, .failure(PostgresError(.unavailable, "the connection was lost"))))
        return
      }
      guarded.cancellations.append(answer)
      let handle = CancelHandle(request: request)
      // PQcancel connects anew and blocks while it does.
      blocking.async { [self] in
        handle.perform()
        exclusively { guarded, effects in
          guarded.cancellations.removeAll { $0 === answer }
          effects.settled.append((answer, .failure(CancellationError())))
        }
      }
    }
    return answer
  }
}

/// Unchecked, because libpq's request is a pointer that one thread uses and frees.
private struct CancelHandle: @unchecked Sendable {
  let request: OpaquePointer

  func perform() {
    var message = [CChar](repeating: 0, count: 256)
    _ = PQcancel(request, &message, Int32(message.count))
    PQfreeCancel(request)
  }
}

/// Lends the parameters as libpq wants them: pointers into one buffer.
private func withParameters<Answer>(
  _ bindings: [PostgresBinding],
  _ body: ([UnsafePointer<CChar>?], [Int32], [Int32]) -> Answer
) -> Answer {
  let lengths = bindings.map { Int32(clamping: $0.bytes?.count ?? 0) }
  // One byte more, so that an empty value has an address too.
  var buffer: [UInt8] = []
  buffer.reserveCapacity(lengths.reduce(1) { $0 + Int($1) })
  for binding in bindings { if let bytes = binding.bytes { buffer += bytes } }
  buffer.append(0)
  return buffer.withUnsafeBytes { raw in
    var next = raw.assumingMemoryBound(to: CChar.self).baseAddress
    let values = bindings.map { binding in
      guard let bytes = binding.bytes else { return nil as UnsafePointer<CChar>? }
      defer { next = next.map { $0 + bytes.count } }
      return next
    }
    return body(values, lengths, [Int32](repeating: 1, count: bindings.count))
  }
}
