import Synchronization

/// A session in the hands of one caller, and what the caller owes it before it can go to another.
final class Lease: Sendable {
  private struct State {
    /// Statements that open the transaction, sent before the first of the caller's.
    var begin: [SQL]
    let isTransaction: Bool
    /// Statements of a transaction that nobody waits for yet. They go out together, in one group: that costs both
    /// processes one write, one wake-up and one answer instead of one a statement.
    var unsent: [(Statement, Answer)] = []
    var unsentBytes = 0
    var isCommitting = false
    var isEnded = false
    var cancellation: Answer?
    var savepoints = 0
  }

  let session: Session
  private let lane: ExclusiveLane
  private let state: Mutex<State>
  /// Why the transaction cannot commit any more. Beside the state, because a statement may fail while it is being sent,
  /// which happens under the state's lock.
  private let failure = Mutex<(any Error)?>(nil)
  /// What a session may take to come to rest before it is given up.
  private static let patience = Duration.seconds(1)
  /// What is as long as this goes out at once: the server may work on it while its caller prepares the rest.
  private static let portionBytes = 4096

  init(_ session: Session, _ lane: ExclusiveLane, begin: [SQL], _ statementTimeout: Duration?) {
    self.session = session
    self.lane = lane
    state = Mutex(State(begin: begin, isTransaction: !begin.isEmpty))
    session.expect(statementTimeout: statementTimeout)
  }

  static func begin(_ mode: TransactionMode, _ statementTimeout: Duration?) -> [SQL] {
    let begin: SQL =
      switch mode {
      case .readCommitted: "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
      case .snapshot: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
      }
    guard let statementTimeout else { return [begin] }
    let milliseconds = String(statementTimeout.milliseconds)
    return [begin, "SELECT set_config('statement_timeout', \(milliseconds), true)"]
  }

  func configure(_ statementTimeout: Duration?) async throws {
    guard let statementTimeout else { return }
    let milliseconds = String(statementTimeout.milliseconds)
    try await send("SELECT set_config('statement_timeout', \(milliseconds), false)").run()
  }

  /// Takes the statement; it goes out at once where it is alone, otherwise with the first that is waited for.
  func send(_ sql: SQL) -> Pending {
    let answer = recorded()
    let statement = Statement(sql)
    let refusal = state.withLock { state -> PostgresError? in
      if state.isEnded { return PostgresError(.unavailable, "the connection has been given back") }
      // Under the lock, so that nothing of the caller's overtakes BEGIN.
      guard state.isTransaction else { return session.submit([(statement, answer)]) ? nil : session.refusal }
      state.unsent.append((statement, answer))
      state.unsentBytes += statement.byteCount
      if state.unsentBytes >= Self.portionBytes { flush(&state) }
      return nil
    }
    if let refusal { answer.resolve(.failure(refusal)) }
    return Pending(answer, .lease(self, isOfEach: statement.isOfEach))
  }

  /// Puts everything on the wire that is not there yet, and `last` behind it. A failure skips what comes after it, as it
  /// would in another group: the transaction is failed. Answers why nothing could be sent.
  @discardableResult
  private func flush(_ state: inout State, _ last: [(Statement, Answer)] = []) -> (any Error)? {
    let group = state.unsent + last
    guard !group.isEmpty else { return nil }
    state.unsent = []
    state.unsentBytes = 0
    var refusal: (any Error)?
    if state.cancellation != nil {
      // The request to cancel hits what runs now, and nothing that is sent from here on.
      refusal = CancellationError()
    } else {
      let begin = state.begin.map { (Statement($0), recorded()) }
      state.begin = []
      if !session.submit(begin + group) { refusal = session.refusal }
    }
    if let refusal {
      for (_, answer) in group { answer.resolve(.failure(refusal)) }
    }
    return refusal
  }

  func checkOpen() throws {
    let (isEnded, cancellation) = state.withLock { ($0.isEnded, $0.cancellation) }
    if cancellation != nil { throw CancellationError() }
    if isEnded { throw PostgresError(.unavailable, "the connection has been given back") }
  }

  /// Opens the transaction, if there is one and nothing has been sent yet.
  func open() async throws {
    let isOpen = state.withLock { state in
      flush(&state)
      return state.begin.isEmpty
    }
    if !isOpen { try await send("SELECT 1").run() }
  }

  /// The place for an answer whose failure is the transaction's.
  private func recorded() -> Answer {
    Answer { [weak self] outcome in
      if case .failure(let error) = outcome { self?.record(error) }
    }
  }

  func record(_ error: any Error) {
    failure.withLock { failure in
      if failure == nil { failure = error }
    }
  }

  /// Waits for an answer; cancelling the waiting task cancels the statement, and everything after it.
  func wait(for answer: Answer) async throws -> QueryResult {
    _ = state.withLock { flush(&$0) }
    let outcome = await withTaskCancellationHandler {
      await answer.outcome()
    } onCancel: {
      cancel()
    }
    try checkCancelled()
    do { return try outcome.get() } catch { throw cause(of: error) }
  }

  /// What went wrong where the error says only that something did: a statement before, for which nobody has waited.
  func cause(of error: any Error) -> any Error {
    guard let aftermath = error as? PostgresError, aftermath.isAftermath else { return error }
    return failure.withLock { $0 } ?? error
  }

  func cancel() {
    let isFirst = state.withLock { state in
      guard !state.isEnded, !state.isCommitting, state.cancellation == nil else { return false }
      state.cancellation = session.requestCancel()
      return true
    }
    guard isFirst else { return }
    // A server that does not even end a statement is not waited for.
    Reactor.shared.after(Self.patience) { [weak self] in
      guard let self, !state.withLock({ $0.isEnded }) else { return }
      session.close(PostgresError(.timeout, "PostgreSQL did not end the statement"))
    }
  }

  func checkCancelled() throws {
    if state.withLock({ $0.cancellation != nil }) { throw CancellationError() }
  }

  /// Commits; never cancelled, because half a COMMIT cannot be taken back.
  func commit() async throws {
    let answer = Answer()
    let isUnused = try state.withLock { state in
      if state.cancellation != nil { throw CancellationError() }
      state.isCommitting = true
      if !state.begin.isEmpty, state.unsent.isEmpty { return true }
      if let refusal = flush(&state, [(Statement("COMMIT"), answer)]) { throw refusal }
      return false
    }
    if isUnused { return }
    switch await answer.outcome() {
    case .success(let result):
      guard result.command == "COMMIT" else {
        // A failure that the body did not pass on.
        throw failure.withLock { $0 }
          ?? PostgresError(.server, "the transaction was rolled back", sqlState: "25P02")
      }
    case .failure(let error as PostgresError) where error.kind == .unavailable || error.isSilence:
      var unknown = error
      unknown.kind = .unknownOutcome
      unknown.message = "the connection was lost while committing: \(error.message)"
      throw unknown
    case .failure(let error):
      guard let cause = failure.withLock({ $0 }) else { throw error }
      // A statement that went out with COMMIT has failed, and COMMIT was skipped: the transaction is still there.
      state.withLock { $0.isCommitting = false }
      throw cause
    }
  }

  func savepoint<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
    let before = failure.withLock { $0 }
    let number = state.withLock { state in
      state.savepoints += 1
      return state.savepoints
    }
    let name = SQL(identifier: "savepoint_\(number)")
    let opened = send("SAVEPOINT \(name)")
    do {
      let value = try await body()
      try await opened.run()
      try await send("RELEASE SAVEPOINT \(name)").run()
      return value
    } catch {
      try checkCancelled()
      _ = send("ROLLBACK TO SAVEPOINT \(name)")
      try await send("RELEASE SAVEPOINT \(name)").run()
      failure.withLock { $0 = before }
      throw error
    }
  }

  /// Brings the session to rest and gives it back; one that does not come to rest within a second is replaced.
  func end() async {
    let (isOpen, isDone, pendingCancellation, unsent) = state.withLock { state in
      state.isEnded = true
      defer { state.unsent = [] }
      let isDone = state.isTransaction && state.cancellation == nil && (state.isCommitting || !state.begin.isEmpty)
      return (state.isTransaction && state.begin.isEmpty, isDone, state.cancellation, state.unsent)
    }
    for (_, answer) in unsent {
      answer.resolve(.failure(PostgresError(.unavailable, "the connection has been given back")))
    }
    let session = session
    // After a COMMIT there is mostly nothing left to wait for, and a timer would wake the reactor for nothing.
    if isDone, session.isAtRest { return lane.release(session) }
    let timer = Reactor.shared.after(Self.patience) {
      session.close(PostgresError(.timeout, "the connection did not come to rest"))
    }
    defer { Reactor.shared.callOff(timer) }
    if !isDone {
      let cancellation = pendingCancellation ?? (session.inFlight > 0 ? session.requestCancel() : nil)
      // Once the request has been handed over it cannot hit what is sent from here on.
      _ = await cancellation?.outcome()
      session.stopListening()
      session.expect(statementTimeout: nil)
      // A ROLLBACK outside of a transaction would fill the server's log with warnings.
      let rest: [SQL] =
        isOpen ? ["ROLLBACK"] : ["SELECT pg_advisory_unlock_all()", "UNLISTEN *", "DISCARD TEMP", "RESET ALL"]
      for sql in rest where !session.submit([(Statement(sql), Answer())]) { break }
    }
    if await session.comesToRest() {
      lane.release(session)
    } else {
      session.close(PostgresError(.unavailable, "the connection did not come to rest"))
    }
  }
}

extension PostgresError {
  /// The server stopped answering, which leaves open what it did.
  fileprivate var isSilence: Bool { kind == .timeout && sqlState == nil }

  /// The statement was skipped, because the transaction has failed already.
  fileprivate var isAftermath: Bool { sqlState == "25P02" }
}
