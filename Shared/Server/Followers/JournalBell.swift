import Models
import Postgres
import Synchronization

/// Tells the other processes that the journal has grown, and hears it from them.
///
/// NOTIFY takes a lock of the whole cluster when it commits, so it is never part of a writing transaction: it is sent
/// after the commit, at most once in 50 ms.
final class JournalBell: Sendable {
  private let pool: PostgresPool
  private let wake: Wake
  private let isRinging = Mutex(false)

  init(pool: PostgresPool, wake: Wake) {
    self.pool = pool
    self.wake = wake
  }

  /// Called after a commit.
  func ring() {
    wake.wake()
    let isFirst = isRinging.withLock { isRinging in
      defer { isRinging = true }
      return !isRinging
    }
    guard isFirst else { return }
    Task {
      try? await Task.sleep(for: .milliseconds(50))
      isRinging.withLock { $0 = false }
      // Whoever misses it looks again within a second.
      _ = try? await pool.shared.execute("NOTIFY journal")
    }
  }

  /// Wakes this process's followers when others ring, until it is cancelled.
  func listen() async {
    while !Task.isCancelled {
      _ = try? await pool.connection { connection in
        for try await _ in try await connection.notifications(on: "journal") { wake.wake() }
      }
      try? await Task.sleep(for: .milliseconds(500))
    }
  }
}
