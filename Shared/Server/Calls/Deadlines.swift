import Models
import Postgres
import Synchronization

/// Cancels calls that take too long.
///
/// One watch looks after all of them. A sleep for each call would be simpler, but a sleep that is cancelled leaves its
/// timer and its task behind until the time it would have ended: at ten thousand calls a second and a deadline of ten
/// seconds these are a hundred thousand.
final class Deadlines: Sendable {
  private static let precision = Duration.milliseconds(50)

  private struct Watched {
    let end: ContinuousClock.Instant
    let cancel: @Sendable () -> Void
    var isLate = false
  }

  private struct State {
    var watched: [Int: Watched] = [:]
    var last = 0
    var isWatching = false
  }

  private let state = Mutex(State())

  /// Runs the body, cancelling it at the deadline and when the caller leaves. A body that ends well in spite of that has
  /// its answer taken: once COMMIT is sent its outcome is what counts.
  ///
  /// - Parameter staysHere: Whether the body runs where its caller does, which saves going to another thread and back.
  ///   For what computes little: a connection's loop does nothing else meanwhile.
  /// - Throws: `RefusedCall.deadlineExceeded` for whatever a late body throws.
  func run<T: Sendable>(
    within deadline: Duration, for presence: Presence, staysHere: Bool = false,
    _ body: @escaping @Sendable () async throws -> T
  ) async throws -> T {
    let here = staysHere ? withUnsafeCurrentTask { $0?.unownedTaskExecutor?.asTaskExecutor() } : nil
    let task = Task(executorPreference: here) { try await body() }
    let number = watch(until: .now + deadline) { task.cancel() }
    presence.attend { task.cancel() }
    defer { presence.dismiss() }
    let outcome = await withTaskCancellationHandler {
      await task.result
    } onCancel: {
      task.cancel()
    }
    let isLate = forget(number)
    do {
      return try outcome.get()
    } catch let error as PostgresError where error.kind == .unknownOutcome {
      // A COMMIT was sent: that it came too late would say that nothing happened.
      throw error
    } catch {
      throw isLate ? RefusedCall.deadlineExceeded : error
    }
  }

  private func watch(until end: ContinuousClock.Instant, cancel: @escaping @Sendable () -> Void) -> Int {
    let (number, isFirst) = state.withLock { state in
      state.last += 1
      state.watched[state.last] = Watched(end: end, cancel: cancel)
      defer { state.isWatching = true }
      return (state.last, !state.isWatching)
    }
    if isFirst { Task.detached { await self.keepWatch() } }
    return number
  }

  /// Whether the deadline had passed.
  private func forget(_ number: Int) -> Bool {
    state.withLock { $0.watched.removeValue(forKey: number)?.isLate ?? false }
  }

  /// Looks again and again until nothing is left to watch.
  private func keepWatch() async {
    while true {
      try? await Task.sleep(for: Self.precision)
      let now = ContinuousClock.now
      let late: [Watched]? = state.withLock { state in
        if state.watched.isEmpty {
          state.isWatching = false
          return nil
        }
        let numbers = state.watched.filter { !$0.value.isLate && $0.value.end <= now }.map(\.key)
        for number in numbers { state.watched[number]?.isLate = true }
        return numbers.compactMap { state.watched[$0] }
      }
      guard let late else { return }
      for watched in late { watched.cancel() }
    }
  }
}
