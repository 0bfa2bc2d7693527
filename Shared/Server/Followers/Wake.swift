import Synchronization

/// Wakes what works in the background of this process, followers and jobs, when something was written: by its own commits,
/// and by the notifications of others'. Whoever misses one looks again within a second.
public final class Wake: Sendable {
  private struct State {
    var waiting: [(id: Int, continuation: CheckedContinuation<Void, Never>)] = []
    var nextID = 0
    var count = 0
  }

  private let state = Mutex(State())

  public init() {}

  /// How often it was woken so far.
  var count: Int { state.withLock { $0.count } }

  public func wake() {
    let waiting = state.withLock { state in
      state.count += 1
      defer { state.waiting = [] }
      return state.waiting
    }
    for waiter in waiting { waiter.continuation.resume() }
  }

  /// Returns once it has been woken more often than so, and no later than the duration.
  func wait(after count: Int, atMost duration: Duration) async {
    guard self.count == count else { return }
    let id = state.withLock { state in
      state.nextID += 1
      return state.nextID
    }
    var timer: Task<Void, Never>?
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isWaiting = state.withLock { state in
          guard state.count == count else { return false }
          state.waiting.append((id, continuation))
          return true
        }
        guard isWaiting else { return continuation.resume() }
        // Both release whoever waits by now.
        timer = Task {
          try? await Task.sleep(for: duration)
          self.release(id)
        }
        if Task.isCancelled { release(id) }
      }
    } onCancel: {
      release(id)
    }
    timer?.cancel()
  }

  private func release(_ id: Int) {
    let released = state.withLock { state in
      let released = state.waiting.first { $0.id == id }
      state.waiting.removeAll { $0.id == id }
      return released
    }
    released?.continuation.resume()
  }
}
