import Foundation

/// Lets work that must not be left half done be cancelled by a signal, so that it cleans up first.
enum Interruption {
  private static let signals = [SIGINT, SIGTERM, SIGHUP]

  /// Runs the body; Ctrl-C, or an `ecrm down` elsewhere, cancels it.
  static func cancelling<Answer: Sendable>(_ body: @escaping @Sendable () async throws -> Answer) async throws -> Answer
  {
    let work = Task { try await body() }
    let sources = signals.map { number in
      // Dispatch sees a signal only when it does not end the process first.
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number)
      source.setEventHandler { work.cancel() }
      source.resume()
      return source
    }
    defer {
      for source in sources { source.cancel() }
      for number in signals { signal(number, SIG_DFL) }
    }
    do {
      return try await work.value
    } catch is CancellationError {
      throw Fault("It was interrupted: nothing was changed.")
    }
  }
}
