import ServiceLifecycle
import UnixSignals

/// Ends the process at once when SIGTERM or SIGINT comes a second time, while the first is being honoured.
///
/// It belongs at the end of a group's services, since those are shut down first.
public struct SecondSignal: Service {
  public init() {}

  public func run() async throws {
    try await gracefulShutdown()
    // The group waits for its services, so the watch goes on without it.
    Task.detached {
      for await _ in await UnixSignalsSequence(trapping: .sigterm, .sigint) { endProcess(1) }
    }
  }
}
