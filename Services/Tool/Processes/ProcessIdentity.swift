import Foundation

/// One process for all time: a number alone is given again to others.
struct ProcessIdentity: Equatable, Sendable {
  let pid: pid_t
  /// When it started, in ticks since the machine did.
  let startTicks: UInt64
  /// Which start of the machine that counts from.
  let boot: String

  /// The process that has this number now; nil when none has, or when it has ended and only waits to be collected.
  init?(pid: pid_t) {
    guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
      // The program's name stands in brackets and may itself hold brackets and spaces.
      let bracket = text.lastIndex(of: ")")
    else { return nil }
    let fields = text[text.index(after: bracket)...].split(separator: " ")
    guard fields.count > 19, fields[0] != "Z", fields[0] != "X", let start = UInt64(fields[19]) else { return nil }
    self.pid = pid
    self.startTicks = start
    self.boot = Self.currentBoot
  }

  /// Reads what `text` wrote.
  init?(text: String) {
    let fields = text.split(whereSeparator: \.isWhitespace)
    guard fields.count == 3, let pid = pid_t(fields[0]), pid > 0, let start = UInt64(fields[1]) else { return nil }
    self.pid = pid
    self.startTicks = start
    self.boot = String(fields[2])
  }

  var text: String { "\(pid) \(startTicks) \(boot)\n" }

  var isRunning: Bool { Self(pid: pid) == self }

  /// Seconds since it started, nil when it has ended.
  var uptimeSeconds: Double? {
    guard isRunning, let text = try? String(contentsOfFile: "/proc/uptime", encoding: .utf8),
      let machine = text.split(separator: " ").first.flatMap({ Double($0) })
    else { return nil }
    return max(0, machine - Double(startTicks) / Double(sysconf(Int32(_SC_CLK_TCK))))
  }

  /// The process that the file names, when it still runs.
  static func recorded(in path: String) -> ProcessIdentity? {
    guard let text = try? Files.text(path), let identity = ProcessIdentity(text: text), identity.isRunning else {
      return nil
    }
    return identity
  }

  /// Sends the signal, unless the process has ended.
  func signal(_ number: Int32) throws {
    guard isRunning else { return }
    guard kill(pid, number) == 0 || errno == ESRCH else {
      throw Fault("Process \(pid) belongs to another user: run ecrm as that user.")
    }
  }

  /// Waits until the process has ended; false when it has not within the time.
  func waitForEnd(seconds: Double) async throws -> Bool {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while isRunning {
      guard ContinuousClock.now < deadline else { return false }
      try await Task.sleep(for: .milliseconds(20))
    }
    return true
  }

  /// Ends a process that this one has not started: asks for it, and after the time forces it.
  func end(asking number: Int32 = SIGTERM, forcing last: Int32 = SIGKILL, afterSeconds: Double) async throws {
    try signal(number)
    if try await waitForEnd(seconds: afterSeconds) { return }
    try signal(last)
    if try await waitForEnd(seconds: 10) { return }
    try signal(SIGKILL)
    guard try await waitForEnd(seconds: 10) else {
      throw Fault("Process \(pid) does not end even when it is killed: look at it with `ps -o stat,wchan -p \(pid)`.")
    }
  }

  private static let currentBoot: String =
    (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8))?
    .trimmingCharacters(in: .whitespacesAndNewlines) ?? "unknown"
}
