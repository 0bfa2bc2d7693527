import Synchronization

/// What a check of readiness found.
public enum CheckResult: Hashable, Sendable {
  case up
  /// Not usable, with a sentence for ops; it appears on the admin port only.
  case down(String)
}

/// Whether a service can take calls: what its checks found last, and whether it is on its way out.
///
/// The checks run in the background, so that asking takes no time and a flood of questions no connections. Until they
/// have all succeeded once the service is not ready.
public struct Readiness: Sendable {
  /// A check must end when its task is cancelled.
  public typealias Check = @Sendable () async -> CheckResult

  private enum Phase {
    case serving
    /// Still serving, but no longer ready, so that no new callers come.
    case draining
    /// New calls are refused.
    case stopping
  }

  private struct Outcome {
    let name: String
    let result: CheckResult
    let latencyMilliseconds: Int
  }

  private struct State {
    var phase = Phase.serving
    var outcomes: [Outcome] = []
    var hasStarted = false

    var isUp: Bool { hasStarted && outcomes.allSatisfy { $0.result == .up } }
  }

  private final class Box: Sendable {
    let state = Mutex(State())
  }

  private let checks: [(name: String, check: Check)]
  private let box = Box()
  private let timeoutSeconds: Double

  /// Readiness by these checks; one that takes longer than the time-out is down. That is longer than anybody waits for a
  /// connection to the database, so that the reason why there is none is told.
  public init(checks: [(name: String, check: Check)], timeoutSeconds: Double = 2.5) {
    self.checks = checks
    self.timeoutSeconds = timeoutSeconds
  }

  /// Whether new callers may be sent here.
  public var isReady: Bool { box.state.withLock { $0.phase == .serving && $0.isUp } }

  /// Whether a call is taken: while draining it still is.
  public var takesCalls: Bool { box.state.withLock { $0.phase != .stopping && $0.isUp } }

  /// Whether the service is on its way out, so that connections should be given up.
  public var isEnding: Bool { box.state.withLock { $0.phase != .serving } }

  /// Whether all checks have succeeded once.
  public var hasStarted: Bool { box.state.withLock { $0.hasStarted } }

  /// Waits until all checks have succeeded once, or the task is cancelled.
  public func untilStarted() async {
    while !hasStarted, !Task.isCancelled { try? await Task.sleep(for: .milliseconds(50)) }
  }

  /// Stops being ready, but goes on taking calls.
  public func beginDraining() { box.state.withLock { $0.phase = .draining } }

  /// Takes no more calls.
  public func beginStopping() { box.state.withLock { $0.phase = .stopping } }

  /// Runs all checks at once and keeps what they find.
  public func refresh() async {
    let outcomes = await withTaskGroup(of: (Int, Outcome).self) { group in
      for (index, check) in checks.enumerated() {
        group.addTask { (index, await run(check.check, named: check.name)) }
      }
      return await group.reduce(into: [(Int, Outcome)]()) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
    }
    box.state.withLock { state in
      state.outcomes = outcomes
      if outcomes.allSatisfy({ $0.result == .up }) { state.hasStarted = true }
    }
  }

  private func run(_ check: @escaping Check, named name: String) async -> Outcome {
    let clock = ContinuousClock()
    let start = clock.now
    let timeout = Duration.seconds(timeoutSeconds)
    let result = await withTaskGroup(of: CheckResult.self) { group in
      group.addTask { await check() }
      group.addTask {
        try? await Task.sleep(for: timeout)
        return .down("took longer than \(timeoutSeconds) s")
      }
      let first = await group.next() ?? .down("was cancelled")
      group.cancelAll()
      return first
    }
    return Outcome(name: name, result: result, latencyMilliseconds: Int((clock.now - start) / .milliseconds(1)))
  }

  /// The body of `/health/ready`.
  func report() -> [UInt8] {
    let state = box.state.withLock { $0 }
    var text: [UInt8] = []
    text.append(text: #"{"status":""#)
    text.append(text: state.phase == .serving && state.isUp ? "UP" : "DOWN")
    text.append(text: #"","checks":["#)
    for (index, outcome) in state.outcomes.enumerated() {
      if index > 0 { text.append(UInt8(ascii: ",")) }
      text.append(text: #"{"name":"#)
      text.append(jsonString: outcome.name)
      text.append(text: #","status":""# + (outcome.result == .up ? "UP" : "DOWN"))
      text.append(text: #"","latencyMs":"# + "\(outcome.latencyMilliseconds)")
      if case .down(let reason) = outcome.result {
        text.append(text: #","reason":"#)
        text.append(jsonString: masked(reason))
      }
      text.append(UInt8(ascii: "}"))
    }
    if state.phase != .serving { text.append(text: (state.outcomes.isEmpty ? "" : ",") + Self.drainingCheck) }
    text.append(text: "]}")
    return text
  }

  private static let drainingCheck = #"{"name":"draining","status":"DOWN","latencyMs":0}"#
}
