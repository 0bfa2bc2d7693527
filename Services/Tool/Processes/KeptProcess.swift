import Foundation

/// A process that is kept running: when it ends it is started again, until it is told to end.
actor KeptProcess {
  nonisolated let name: String
  /// Where what it writes is kept.
  nonisolated let log: String
  private let record: String
  private let isHeld: @Sendable () -> Bool
  private let start: @Sendable () async throws -> pid_t
  private let tell: @Sendable (String) -> Void

  /// The process that runs now.
  private(set) var identity: ProcessIdentity?
  /// How many times it has ended, or could not be started, by itself.
  private(set) var failures = 0
  private(set) var lastFailure = ""
  private var isEnding = false
  private var keeper: Task<Void, Never>?

  /// - Parameters:
  ///   - record: A file that names the process while it runs.
  ///   - tell: Is told each time that it is started again, in a sentence.
  ///   - isHeld: Whether it has to stay down for now.
  init(
    name: String, log: String, record: String, tell: @escaping @Sendable (String) -> Void,
    isHeld: @escaping @Sendable () -> Bool = { false }, start: @escaping @Sendable () async throws -> pid_t
  ) {
    self.name = name
    self.log = log
    self.record = record
    self.tell = tell
    self.isHeld = isHeld
    self.start = start
  }

  func begin() {
    guard keeper == nil else { return }
    keeper = Task { await keep() }
  }

  /// Asks the process to end with this signal, and after the time forces it with the other.
  func end(asking signal: Int32, forcing last: Int32, afterSeconds: Double) async {
    isEnding = true
    keeper?.cancel()
    // Inside the actor, a process that has an identity is not collected yet, so its number is nobody else's.
    if let identity { kill(identity.pid, signal) }
    let hurry = Task {
      try await Task.sleep(for: .seconds(afterSeconds))
      force(last)
      try await Task.sleep(for: .seconds(10))
      force(SIGKILL)
    }
    await keeper?.value
    hurry.cancel()
  }

  /// Forces the process to end with this signal.
  func force(_ signal: Int32) { self.signal(signal) }

  /// Sends the process this signal, while it runs.
  func signal(_ number: Int32) {
    if let identity { kill(identity.pid, number) }
  }

  private func keep() async {
    var pauseSeconds = 0.0
    while !isEnding {
      if isHeld() {
        try? await Task.sleep(for: .milliseconds(100))
        continue
      }
      let started = ContinuousClock.now
      do {
        let pid = try await start()
        identity = ProcessIdentity(pid: pid)
        // It was told to end while it was being started.
        if isEnding { kill(pid, SIGTERM) }
        if let identity { try? Files.write(identity.text, to: record, mode: 0o644) }
        await Self.waitForEnd(of: pid)
        var status: Int32 = 0
        waitpid(pid, &status, 0)
        if let identity, (try? Files.text(record)).flatMap(ProcessIdentity.init(text:)) == identity { unlink(record) }
        identity = nil
        lastFailure = describeEnd(status)
      } catch {
        lastFailure = "\(error)"
      }
      if isEnding { return }
      failures += 1
      // One that ran well is started again at once; one that ends again and again is given time.
      pauseSeconds = started.duration(to: .now) > .seconds(2) ? 0 : min(2, max(0.1, pauseSeconds * 2))
      tell("\(name) ended (\(lastFailure)) and is started again.")
      if pauseSeconds > 0 { try? await Task.sleep(for: .seconds(pauseSeconds)) }
    }
  }

  /// Waits until the process has ended, and leaves it to be collected by the caller.
  private static func waitForEnd(of pid: pid_t) async {
    await withCheckedContinuation { continuation in
      // A thread of its own: this wait lasts as long as the process does.
      Thread.detachNewThread {
        var information = siginfo_t()
        while waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) != 0 && errno == EINTR {}
        continuation.resume()
      }
    }
  }
}
