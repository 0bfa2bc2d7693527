import Foundation
import Postgres

/// The real processes of a suite, brought up by `ecrm up --detach` in a state folder and on ports of their own.
///
/// They end with this process, however that ends: a shell waits for the other end of its input to close.
final class Suite: Sendable {
  let folder: String
  let base: Int
  private let lifeline: FileHandle

  private static let started = Task { try await Suite() }

  /// The suite of this test process, made by the first who asks.
  static func shared() async throws -> Suite {
    try await started.value
  }

  /// The page whose origin the suite's services allow.
  static let origin = "https://shop.example"

  /// A suite of one's own, for tests that end it.
  init() async throws {
    folder = "/tmp/ecrm-end-to-end-\(getpid())-\(String(UInt32.random(in: .min ... .max), radix: 36))"
    base = try Self.freeBase()
    let pipe = Pipe()
    lifeline = pipe.fileHandleForWriting
    // Other children of this process must not keep the pipe open.
    _ = fcntl(lifeline.fileDescriptor, F_SETFD, FD_CLOEXEC)
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/bin/sh")
    shell.arguments = ["-c", Self.script, "suite", try Self.program(), folder]
    shell.environment = environment.merging([
      "ECRM_ALLOWED_ORIGINS": Self.origin, "ECRM_TRUSTED_PROXIES": "127.0.0.1",
    ]) { $1 }
    shell.standardInput = pipe
    shell.standardOutput = FileHandle.nullDevice
    shell.standardError = FileHandle.nullDevice
    try shell.run()
    try? pipe.fileHandleForReading.close()
    let told = "\(folder)/told.txt"
    try await eventually("the suite is up or has failed") { FileManager.default.fileExists(atPath: told) }
    let outcome = try text("told.txt")
    guard outcome == "up" else { throw EndToEndFault("the suite did not come up: \(outcome)") }
  }

  /// Brings the suite up, says so, and ends it and removes its folder when the input closes.
  private static let script = """
    ecrm=$1 folder=$2
    mkdir -p "$folder"
    if "$ecrm" up --detach >"$folder/up.txt" 2>&1; then echo up; else tail -1 "$folder/up.txt"; fi >"$folder/told.new"
    mv "$folder/told.new" "$folder/told.txt"
    while read -r line; do :; done
    "$ecrm" down >/dev/null 2>&1
    rm -rf "$folder"
    """

  /// The tool that was built beside these tests.
  static func program() throws -> String {
    let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    let path = tests.deletingLastPathComponent().appendingPathComponent("ecrm").path
    guard FileManager.default.isExecutableFile(atPath: path) else {
      throw EndToEndFault("there is no \(path): build everything first")
    }
    return path
  }

  /// A base whose ports nobody listens on.
  private static func freeBase() throws -> Int {
    for base in stride(from: 17_400, to: 30_000, by: 400).shuffled() {
      let ports = (1...5).flatMap { [base + $0, base + 100 + $0] }
      if ports.allSatisfy({ !RawConnection.answers(port: $0) }) { return base }
    }
    throw EndToEndFault("there are no free ports")
  }

  var environment: [String: String] {
    ProcessInfo.processInfo.environment.merging(["ECRM_HOME": folder, "ECRM_PORT_BASE": "\(base)"]) { $1 }
  }

  /// Runs `ecrm` for this suite to its end.
  @discardableResult
  func ecrm(_ arguments: String...) async throws -> Outcome {
    try await Outcome.running(try Self.program(), arguments, environment: environment, in: folder)
  }

  /// A token that `ecrm token` prints.
  func token(_ role: String, _ options: String...) async throws -> String {
    let arguments = ["token", "--role", role] + options
    let printed = try await Outcome.running(try Self.program(), arguments, environment: environment, in: folder)
    guard printed.status == 0 else { throw EndToEndFault("there is no token: \(printed.error)") }
    return printed.output.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// The text of a file in the state folder.
  func text(_ path: String) throws -> String {
    try String(contentsOfFile: "\(folder)/\(path)", encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// The process of the service that runs now.
  func pid(_ service: ServiceName) throws -> pid_t {
    guard let pid = pid_t(try text("run/\(service.rawValue).pid").prefix { $0.isNumber }) else {
      throw EndToEndFault("nobody runs as \(service.rawValue)")
    }
    return pid
  }

  var postmaster: pid_t {
    get throws { pid_t(try text("postgres/postmaster.pid").prefix { $0.isNumber }) ?? 0 }
  }

  /// The suite's database, as its owner.
  func database() throws -> PostgresPool {
    PostgresPool(PostgresConfiguration(dsn: try text("database.url"), sharedConnections: 1, exclusiveConnections: 1))
  }
}

/// A service by the name of its program, in the order of the ports.
enum ServiceName: String, CaseIterable {
  case acquisition
  case retention
  case expansion
  case channelIntegration = "channel-integration"
  case performanceMeasurement = "performance-measurement"
}

extension Suite {
  func port(_ service: ServiceName) -> Int { base + 1 + (ServiceName.allCases.firstIndex(of: service) ?? 0) }
  func adminPort(_ service: ServiceName) -> Int { port(service) + 100 }
}

/// Why a test cannot go on.
struct EndToEndFault: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}

/// What a program left when it had ended.
struct Outcome: Sendable {
  var status: Int32
  var output: String
  var error: String

  /// Runs the program to its end, with its output in files of the folder: nobody has to empty a pipe.
  static func running(
    _ path: String, _ arguments: [String], environment: [String: String], in folder: String
  ) async throws -> Outcome {
    let name = "\(folder)/\(UInt64.random(in: .min ... .max))"
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.environment = environment
    var handles: [FileHandle] = []
    for file in ["\(name).output", "\(name).error"] {
      _ = FileManager.default.createFile(atPath: file, contents: nil)
      guard let handle = FileHandle(forWritingAtPath: file) else { throw EndToEndFault("\(file) cannot be written") }
      handles.append(handle)
    }
    (process.standardOutput, process.standardError) = (handles[0], handles[1])
    process.standardInput = FileHandle.nullDevice
    try await withCheckedThrowingContinuation { (ended: CheckedContinuation<Void, any Error>) in
      process.terminationHandler = { _ in ended.resume() }
      do {
        try process.run()
      } catch {
        process.terminationHandler = nil
        ended.resume(throwing: error)
      }
    }
    let texts = try ["output", "error"].map { kind in
      defer { try? FileManager.default.removeItem(atPath: "\(name).\(kind)") }
      return try String(contentsOfFile: "\(name).\(kind)", encoding: .utf8)
    }
    return Outcome(status: process.terminationStatus, output: texts[0], error: texts[1])
  }
}
