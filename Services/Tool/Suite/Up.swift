import ArgumentParser
import Foundation

struct Up: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Brings the suite up: PostgreSQL, the five services and the edge, supervised.",
    discussion: """
      The first run makes a database cluster, a certificate authority, keys and tokens in the state folder. A process \
      that ends is started again at once. The suite runs until `ecrm down`, or without --detach until this command ends.
      """)

  @Flag(help: "Leave the suite running, and return as soon as everything answers.")
  var detach = false

  func run() async throws {
    umask(0o077)
    let state = StateFolder()
    let ports = try Ports(environment: ProcessInfo.processInfo.environment)
    try state.prepare()
    if detach {
      try await bringUpDetached(state)
    } else {
      try await bringUp(state, ports: ports)
    }
  }

  private func bringUp(_ state: StateFolder, ports: Ports) async throws {
    guard let lock = try SupervisorLock.take(state) else {
      throw Fault("The suite in \(state.path) is running already: end it with `ecrm down`, or look with `ecrm status`.")
    }
    let supervisor = Supervisor(state: state, ports: ports) { news in
      switch news {
      case .step(let text), .incident(let text): Terminal.say(text)
      case .ready:
        Self.welcome(state, ports: ports)
        Terminal.say("Everything answers. Press Ctrl-C to end it.")
      case .taken, .failed: break
      }
    }
    try await supervisor.run(endingOn: [SIGTERM, SIGINT, SIGHUP], while: lock.isInPlace)
    // Held until here: whoever waits for the lock finds nothing of this suite running.
    _ = consume lock
  }

  private func bringUpDetached(_ state: StateFolder) async throws {
    while true {
      if try await waitForOther(state) {
        let ports = try state.recordedPorts()
        Terminal.say("The suite in \(state.path) is running, at ports from \(ports.rpc(.acquisition)).")
        return
      }
      if try startDetached(state) { return }
    }
  }

  /// Waits for the suite that another supervisor brings up or has brought up; false when there is none.
  private func waitForOther(_ state: StateFolder) async throws -> Bool {
    let deadline = ContinuousClock.now + .seconds(120)
    while let supervisor = ProcessIdentity.recorded(in: state.supervisorRecord) {
      if try await Readiness.areAllReady(state), supervisor.isRunning { return true }
      guard ContinuousClock.now < deadline else {
        throw Fault(
          "The suite in \(state.path) is running but does not answer: look with `ecrm status`, or begin again with "
            + "`ecrm down`.")
      }
      try await Task.sleep(for: .milliseconds(100))
    }
    return false
  }

  /// Starts a supervisor that outlives this process and passes on what it tells; false when another was quicker.
  private func startDetached(_ state: StateFolder) throws -> Bool {
    let (read, write) = try Program.pipeEnds()
    defer { close(read) }
    var environment = ProcessInfo.processInfo.environment
    environment["ECRM_HOME"] = state.path
    let program = Program(
      path: Program.current, arguments: ["supervise", "--report", "3"], environment: environment,
      log: state.log("supervisor"), beginsSession: true)
    do {
      defer { close(write) }
      _ = try program.spawn(extra: write)
    }
    let lines = FileHandle(fileDescriptor: read, closeOnDealloc: false)
    var rest = ""
    while true {
      let bytes = lines.availableData
      if bytes.isEmpty { break }
      rest += String(decoding: bytes, as: UTF8.self)
      while let end = rest.firstIndex(of: "\n") {
        let news = News(line: rest[..<end])
        rest = String(rest[rest.index(after: end)...])
        switch news {
        case .step(let text), .incident(let text): Terminal.say(text)
        case .ready:
          Self.welcome(state, ports: try state.recordedPorts())
          Terminal.say("Everything answers. `\(Terminal.command) down` ends it.")
          return true
        case .taken: return false
        case .failed(let sentence): throw Fault(sentence)
        case nil: break
        }
      }
    }
    throw Fault("The supervisor ended before everything answered: see why in \(state.log("supervisor")).")
  }

  private static func welcome(_ state: StateFolder, ports: Ports) {
    Terminal.say(
      """
      staff's token            \(state.staffToken)
      certificate authority    \(state.authority)
      console                  https://localhost:\(ports.edge)/
      To sign in:
        \(Terminal.command) sign-in
      To look around:
        curl --cacert \(state.authority) -H "Authorization: Bearer $(cat \(state.staffToken))" \\
          -H 'Content-Type: application/json' -d '{"jsonrpc":"2.0","id":1,"method":"rpc.discover"}' \\
          https://localhost:\(ports.edge)/channel-integration/rpc
      """)
  }
}
