import Synchronization

/// A few connections that all callers use at once. Statements are independent of each other: each is a group of its
/// own, and two may run on different connections in any order.
final class SharedLane: Database {
  private struct Waiting {
    let statement: Statement
    let answer: Answer
    let deadline: ContinuousClock.Instant
  }

  private struct State {
    var sessions: [Session] = []
    /// Sessions that exist or are about to.
    var size = 0
    var backlog = Queue<Waiting>()
    var backoff = Backoff()
    var lastFailure: PostgresError?
    var isWatchingBacklog = false
    var reconnects = 0
    var isClosed = false
  }

  private let configuration: PostgresConfiguration
  private let state = Mutex(State())

  init(_ configuration: PostgresConfiguration) {
    self.configuration = configuration
  }

  deinit {
    close()
  }

  func send(_ sql: SQL) -> Pending {
    let statement = Statement(sql)
    return Pending(send(statement), .shared(self, statement))
  }

  func send(_ statement: Statement) -> Answer {
    let answer = Answer()
    let sessions = state.withLock { $0.sessions }
    // The least busy one, so that a slow statement does not hold up others while another connection is free.
    let best = sessions.min { $0.inFlight < $1.inFlight }
    if let best, best.inFlight < configuration.sharedQueueLimit, best.submit([(statement, answer)]) { return answer }
    enqueue(statement, answer)
    return answer
  }

  private func enqueue(_ statement: Statement, _ answer: Answer) {
    let refusal = state.withLock { state -> PostgresError? in
      if state.isClosed { return PostgresError(.unavailable, "the pool is closed") }
      // A session may have become ready meanwhile, and nobody would come for what is put behind it.
      for session in state.sessions where session.inFlight < configuration.sharedQueueLimit {
        if session.submit([(statement, answer)]) { return nil }
      }
      // A broken session may still stand in the list for a moment; it is being replaced.
      guard configuration.sharedConnections > 0, state.sessions.allSatisfy(\.isBroken),
        state.backlog.count < configuration.sharedQueueLimit
      else { return PostgresError(.unavailable, "too many statements wait for PostgreSQL") }
      let deadline = ContinuousClock.now + configuration.acquireTimeout
      state.backlog.append(Waiting(statement: statement, answer: answer, deadline: deadline))
      return nil
    }
    if let refusal { answer.resolve(.failure(refusal)) }
    open()
    watchBacklog()
  }

  /// Makes the sessions that are missing.
  func open() {
    let missing = state.withLock { state in
      guard !state.isClosed else { return 0 }
      let missing = configuration.sharedConnections - state.size
      state.size += max(0, missing)
      return max(0, missing)
    }
    for _ in 0..<missing { connect() }
  }

  private func connect() {
    _ = Session(
      SessionSettings(configuration, isShared: true),
      ready: { [weak self] session in
        guard let self else { return session.close(PostgresError(.unavailable, "the pool is gone")) }
        becameReady(session)
      },
      broke: { [weak self] session, error, wasReady in self?.broke(session, error, wasReady) })
  }

  private func becameReady(_ session: Session) {
    let backlog = state.withLock { state -> [Waiting]? in
      if state.isClosed { return nil }
      state.sessions.append(session)
      state.backoff.reset()
      return state.backlog.removeAll()
    }
    guard let backlog else { return session.close(PostgresError(.unavailable, "the pool is closed")) }
    for waiting in backlog where !session.submit([(waiting.statement, waiting.answer)]) {
      enqueue(waiting.statement, waiting.answer)
    }
  }

  private func broke(_ session: Session, _ error: PostgresError, _ wasReady: Bool) {
    let delay = state.withLock { state -> Duration? in
      state.sessions.removeAll { $0 === session }
      state.lastFailure = error
      if wasReady { state.reconnects += 1 }
      // It keeps its place in `size` while it waits to be replaced.
      return state.isClosed ? nil : state.backoff.next()
    }
    guard let delay else { return }
    Reactor.shared.after(delay) { [weak self] in
      guard let self, !state.withLock({ $0.isClosed }) else { return }
      connect()
    }
  }

  /// Fails what has waited too long; one timer runs while anything waits.
  private func watchBacklog() {
    let next = state.withLock { state -> Duration? in
      guard !state.isWatchingBacklog, let first = state.backlog.first else { return nil }
      state.isWatchingBacklog = true
      return first.deadline - .now
    }
    guard let next else { return }
    Reactor.shared.after(max(.milliseconds(1), next)) { [weak self] in self?.expireBacklog() }
  }

  private func expireBacklog() {
    let (expired, reason) = state.withLock { state in
      state.isWatchingBacklog = false
      var expired: [Answer] = []
      while let first = state.backlog.first, first.deadline <= .now {
        expired.append(first.answer)
        state.backlog.popFirst()
      }
      return (expired, state.lastFailure?.message ?? "connecting takes too long")
    }
    for answer in expired { answer.resolve(.failure(PostgresError(.unavailable, reason))) }
    watchBacklog()
  }

  func close() {
    let (sessions, backlog) = state.withLock { state in
      state.isClosed = true
      return (state.sessions, state.backlog.removeAll())
    }
    let reason = PostgresError(.unavailable, "the pool is closed")
    for waiting in backlog { waiting.answer.resolve(.failure(reason)) }
    for session in sessions { session.close(reason) }
  }

  var reconnects: Int { state.withLock { $0.reconnects } }
}
