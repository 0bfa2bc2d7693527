import Synchronization

/// The place where a statement's answer arrives: once, for any number of waiters.
final class Answer: Sendable {
  typealias Outcome = Result<QueryResult, any Error>

  private enum State {
    /// Each is resumed once: by `resolve`, which takes all of them out, or where it finds the outcome there already. So
    /// they need no checks, which cost an object each.
    case open(waiters: [UnsafeContinuation<Outcome, Never>])
    case done(Outcome)
  }

  private let state = Mutex(State.open(waiters: []))
  /// Told of the outcome before any waiter is.
  private let told: (@Sendable (Outcome) -> Void)?

  init(told: (@Sendable (Outcome) -> Void)? = nil) {
    self.told = told
  }

  /// An answer that is there from the beginning.
  init(_ outcome: Outcome) {
    told = nil
    state.withLock { $0 = .done(outcome) }
  }

  var isOpen: Bool {
    state.withLock { state in if case .open = state { true } else { false } }
  }

  /// Settles it; only the first call counts.
  func resolve(_ outcome: Outcome) {
    if let told, isOpen { told(outcome) }
    let waiters = state.withLock { state -> [UnsafeContinuation<Outcome, Never>] in
      guard case .open(let waiters) = state else { return [] }
      state = .done(outcome)
      return waiters
    }
    for waiter in waiters { waiter.resume(returning: outcome) }
  }

  /// Waits, whatever becomes of the waiting task.
  func outcome() async -> Outcome {
    await withUnsafeContinuation { continuation in
      let done = state.withLock { state -> Outcome? in
        switch state {
        case .done(let outcome):
          return outcome
        case .open(let waiters):
          state = .open(waiters: waiters + [continuation])
          return nil
        }
      }
      if let done { continuation.resume(returning: done) }
    }
  }

  /// Waits; a cancelled task stops waiting at once, and the answer is dropped when it arrives.
  func valueOrAbandoned() async throws -> QueryResult {
    try await withTaskCancellationHandler {
      try await outcome().get()
    } onCancel: {
      resolve(.failure(CancellationError()))
    }
  }
}
