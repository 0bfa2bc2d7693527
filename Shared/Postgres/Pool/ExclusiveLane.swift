import Synchronization

/// Connections that one caller has alone at a time. Callers wait in the order in which they came.
final class ExclusiveLane: Sendable {
  private struct Waiter {
    let number: Int
    let since: ContinuousClock.Instant
    let continuation: CheckedContinuation<Result<Session, any Error>, Never>
  }

  private struct State {
    var idle: [Session] = []
    /// Sessions that are idle, lent or connecting.
    var size = 0
    var connecting = 0
    var waiters = Queue<Waiter>()
    var lastNumber = 0
    var backoff = Backoff()
    var isBackingOff = false
    var isWatchingWaiters = false
    var lastFailure: PostgresError?
    var isClosed = false
    var timeouts = 0
    var reconnects = 0
    var waitSeconds = 0.0
    var waitCount = 0
  }

  private let configuration: PostgresConfiguration
  private let state = Mutex(State())

  init(_ configuration: PostgresConfiguration) {
    self.configuration = configuration
  }

  deinit {
    close()
  }

  /// A session for the caller alone; it is given back by `release`.
  func acquire() async throws -> Session {
    try Task.checkCancellation()
    let number = state.withLock { state in
      state.lastNumber += 1
      return state.lastNumber
    }
    let outcome = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in wait(number, continuation) }
    } onCancel: {
      let waiter = state.withLock { $0.waiters.remove { $0.number == number } }
      waiter?.continuation.resume(returning: .failure(CancellationError()))
    }
    return try outcome.get()
  }

  private func wait(_ number: Int, _ continuation: CheckedContinuation<Result<Session, any Error>, Never>) {
    let outcome = state.withLock { state -> Result<Session, any Error>? in
      if state.isClosed { return .failure(PostgresError(.unavailable, "the pool is closed")) }
      state.waitCount += 1
      if state.waiters.isEmpty, let session = state.idle.popLast() { return .success(session) }
      state.waiters.append(Waiter(number: number, since: .now, continuation: continuation))
      return nil
    }
    if let outcome { return continuation.resume(returning: outcome) }
    // The task may have been cancelled before it was in the queue, and its handler has found nothing then.
    if Task.isCancelled, let waiter = state.withLock({ $0.waiters.remove { $0.number == number } }) {
      return waiter.continuation.resume(returning: .failure(CancellationError()))
    }
    open()
    watchWaiters()
  }

  /// Connects for those who wait, as far as the limit goes.
  private func open() {
    let missing = state.withLock { state in
      guard !state.isClosed, !state.isBackingOff else { return 0 }
      let missing = max(
        0, min(state.waiters.count - state.connecting, configuration.exclusiveConnections - state.size))
      state.size += missing
      state.connecting += missing
      return missing
    }
    for _ in 0..<missing {
      _ = Session(
        SessionSettings(configuration, isShared: false),
        ready: { [weak self] session in
          guard let self else { return session.close(PostgresError(.unavailable, "the pool is gone")) }
          state.withLock { state in
            state.connecting -= 1
            state.backoff.reset()
          }
          release(session)
        },
        broke: { [weak self] session, error, wasReady in self?.broke(session, error, wasReady) })
    }
  }

  /// Takes a session back that is in no transaction, and lends it to the next.
  func release(_ session: Session) {
    let waiter = state.withLock { state -> Waiter?? in
      if state.isClosed { return nil }
      guard let waiter = state.waiters.popFirst() else {
        state.idle.append(session)
        return .some(nil)
      }
      state.waitSeconds += (ContinuousClock.now - waiter.since).seconds
      return waiter
    }
    guard let waiter else { return session.close(PostgresError(.unavailable, "the pool is closed")) }
    if let waiter {
      waiter.continuation.resume(returning: .success(session))
    } else if session.isBroken {
      // It broke on its way here, so that its end was told before it stood among the idle.
      state.withLock { state in state.idle.removeAll { $0 === session } }
    }
  }

  private func broke(_ session: Session, _ error: PostgresError, _ wasReady: Bool) {
    let delay = state.withLock { state -> Duration? in
      state.size -= 1
      state.lastFailure = error
      state.idle.removeAll { $0 === session }
      if wasReady {
        state.reconnects += 1
        return nil
      }
      state.connecting -= 1
      guard !state.isBackingOff else { return nil }
      state.isBackingOff = true
      return state.backoff.next()
    }
    guard let delay else { return open() }
    Reactor.shared.after(delay) { [weak self] in
      self?.state.withLock { $0.isBackingOff = false }
      self?.open()
    }
  }

  /// Fails who has waited too long; one timer runs while anybody waits.
  private func watchWaiters() {
    let next = state.withLock { state -> Duration? in
      guard !state.isWatchingWaiters, let first = state.waiters.first else { return nil }
      state.isWatchingWaiters = true
      return configuration.acquireTimeout - (ContinuousClock.now - first.since)
    }
    guard let next else { return }
    Reactor.shared.after(max(.milliseconds(1), next)) { [weak self] in self?.expireWaiters() }
  }

  private func expireWaiters() {
    let (expired, reason) = state.withLock { state in
      state.isWatchingWaiters = false
      var expired: [Waiter] = []
      while let first = state.waiters.first, ContinuousClock.now - first.since >= configuration.acquireTimeout {
        expired.append(first)
        state.waiters.popFirst()
      }
      state.timeouts += expired.count
      state.waitSeconds += Double(expired.count) * configuration.acquireTimeout.seconds
      let isUnreachable = state.backoff.attempts > 0 || state.size == state.connecting
      let failure = isUnreachable ? state.lastFailure?.message : nil
      return (expired, failure ?? "all \(configuration.exclusiveConnections) connections are in use")
    }
    for waiter in expired { waiter.continuation.resume(returning: .failure(PostgresError(.unavailable, reason))) }
    watchWaiters()
  }

  func close() {
    let (idle, waiters) = state.withLock { state in
      state.isClosed = true
      defer { state.idle = [] }
      return (state.idle, state.waiters.removeAll())
    }
    let reason = PostgresError(.unavailable, "the pool is closed")
    for waiter in waiters { waiter.continuation.resume(returning: .failure(reason)) }
    for session in idle { session.close(reason) }
  }

  var statistics: PoolStatistics {
    state.withLock { state in
      PoolStatistics(
        size: state.size, idle: state.idle.count, waiting: state.waiters.count, timeouts: state.timeouts,
        reconnects: state.reconnects, waitSeconds: state.waitSeconds, waitCount: state.waitCount)
    }
  }
}
