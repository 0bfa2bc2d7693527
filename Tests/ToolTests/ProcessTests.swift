import Foundation
import Synchronization
import Testing

@testable import Tool

struct ProcessTests {
  private func shell(_ script: String, log: String? = nil) -> Program {
    Program(path: "/bin/sh", arguments: ["-c", script], environment: ["PATH": "/usr/bin:/bin"], log: log)
  }

  @Test func `a process is itself until it ends, and its number alone does not make another it`() async throws {
    let current = try #require(ProcessIdentity(pid: getpid()))
    #expect(current.isRunning)
    #expect(ProcessIdentity(text: current.text) == current)
    #expect((current.uptimeSeconds ?? -1) >= 0)
    let impostor = try #require(ProcessIdentity(text: "\(getpid()) 1 another-boot"))
    #expect(!impostor.isRunning)
    #expect(ProcessIdentity(text: "") == nil)
    #expect(ProcessIdentity(text: "-1 1 boot") == nil)
  }

  @Test func `a program gets its input and nothing that it was not given`() throws {
    let (status, output) = try shell("cat; ls /proc/self/fd | wc -l; env | sort | head -1").run(input: "hello\n")
    #expect(status == 0)
    let lines = output.split(separator: "\n")
    #expect(lines.first == "hello")
    // The three standard descriptors, and the folder that ls reads.
    #expect(lines.dropFirst().first?.trimmingCharacters(in: .whitespaces) == "4")
    #expect(try shell("exit 3").run().status >> 8 == 3)
  }

  @Test func `a program that is missing is a fault that names it`() {
    let fault = #expect(throws: Fault.self) { try Program(path: "/nowhere/program").spawn() }
    #expect(fault?.description.contains("/nowhere/program") == true)
  }

  @Test func `a kept process that is killed is started again, and ended when asked`() async throws {
    try await withStateFolder { state in
      let program = shell("echo started; exec sleep 1000", log: state.log("sleeper"))
      let told = Mutex<[String]>([])
      let process = KeptProcess(
        name: "sleeper", log: state.log("sleeper"), record: state.record("sleeper"),
        tell: { sentence in told.withLock { $0.append(sentence) } }, start: { try program.spawn() })
      await process.begin()
      let first = try await identity(of: process, not: nil)
      #expect(ProcessIdentity.recorded(in: state.record("sleeper")) == first)
      kill(first.pid, SIGKILL)
      let second = try await identity(of: process, not: first)
      #expect(second.pid != first.pid)
      #expect(told.withLock { $0 } == ["sleeper ended (signal 9) and is started again."])
      await process.end(asking: SIGTERM, forcing: SIGKILL, afterSeconds: 5)
      #expect(!second.isRunning)
      #expect(await process.identity == nil)
      #expect(!FileManager.default.fileExists(atPath: state.record("sleeper")))
    }
  }

  @Test func `a kept process stays down for as long as it is held`() async throws {
    try await withStateFolder { state in
      let program = shell("exec sleep 1000", log: state.log("sleeper"))
      let isHeld = Mutex(true)
      let questions = Mutex(0)
      let process = KeptProcess(
        name: "sleeper", log: state.log("sleeper"), record: state.record("sleeper"), tell: { _ in },
        isHeld: {
          questions.withLock { $0 += 1 }
          return isHeld.withLock { $0 }
        }, start: { try program.spawn() })
      await process.begin()
      while questions.withLock({ $0 < 3 }) { try await Task.sleep(for: .milliseconds(10)) }
      #expect(await process.identity == nil)
      isHeld.withLock { $0 = false }
      let first = try await identity(of: process, not: nil)
      isHeld.withLock { $0 = true }
      kill(first.pid, SIGKILL)
      while await process.failures == 0 { try await Task.sleep(for: .milliseconds(10)) }
      #expect(await process.identity == nil)
      // Held or not, it ends when asked.
      await process.end(asking: SIGTERM, forcing: SIGKILL, afterSeconds: 5)
      #expect(!FileManager.default.fileExists(atPath: state.record("sleeper")))
    }
  }

  @Test func `a program's lines are told as they come, and cancelling ends it`() async throws {
    let lines = Mutex<[String]>([])
    let status = try await shell("echo one; echo two >&2; printf three; exit 4").run { line in
      lines.withLock { $0.append(line) }
    }
    #expect(describeEnd(status) == "exit status 4")
    #expect(lines.withLock { $0 } == ["one", "two", "three"])

    let task = Task { [shell = shell("echo begun; exec sleep 1000")] in
      try await shell.run { line in lines.withLock { $0.append(line) } }
    }
    while !lines.withLock({ $0.contains("begun") }) { try await Task.sleep(for: .milliseconds(10)) }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
  }

  @Test func `a kept process that does not listen is forced to end`() async throws {
    try await withStateFolder { state in
      let program = shell("trap '' TERM; echo deaf; while :; do sleep 0.05; done", log: state.log("deaf"))
      let process = KeptProcess(
        name: "deaf", log: state.log("deaf"), record: state.record("deaf"), tell: { _ in },
        start: { try program.spawn() })
      await process.begin()
      let running = try await identity(of: process, not: nil)
      while Files.lastLine(state.log("deaf")) != "deaf" { try await Task.sleep(for: .milliseconds(10)) }
      await process.end(asking: SIGTERM, forcing: SIGKILL, afterSeconds: 0.2)
      #expect(!running.isRunning)
    }
  }

  @Test func `a process that an earlier supervisor left is found by its record and ended`() async throws {
    try await withStateFolder { state in
      let pid = try shell("exec sleep 1000").spawn()
      let identity = try #require(ProcessIdentity(pid: pid))
      try Files.write(identity.text, to: state.record(Service.retention.rawValue), mode: 0o644)
      try await Leftovers.end(state)
      #expect(!identity.isRunning)
      var status: Int32 = 0
      waitpid(pid, &status, 0)
      #expect(describeEnd(status) == "signal 15")
    }
  }

  @Test func `one supervisor has a state folder until it lets go`() async throws {
    try await withStateFolder { state in
      try holdAndRelease(state)
      #expect(!FileManager.default.fileExists(atPath: state.supervisorRecord))
      let lock = try SupervisorLock.take(state)
      let isHeld = lock != nil
      #expect(isHeld)
    }
  }

  private func holdAndRelease(_ state: StateFolder) throws {
    let lock = try SupervisorLock.take(state)
    let isRefused = try SupervisorLock.take(state) == nil
    #expect(isRefused)
    #expect(ProcessIdentity.recorded(in: state.supervisorRecord)?.pid == getpid())
    _ = consume lock
  }

  private func identity(of process: KeptProcess, not other: ProcessIdentity?) async throws -> ProcessIdentity {
    for _ in 0..<500 {
      if let identity = await process.identity, identity != other { return identity }
      try await Task.sleep(for: .milliseconds(10))
    }
    throw Fault("The process was not started again.")
  }
}
