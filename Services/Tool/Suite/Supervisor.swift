import Foundation
import Server

/// Brings a suite up and keeps it up: PostgreSQL, the five services and the edge, as children of this process.
actor Supervisor {
  private static let readySeconds = 60.0
  private static let recoverySeconds = 600.0
  /// How often a process may end while it starts; what an earlier suite left needs seconds to make way.
  private static let failuresToGiveUp = 6

  private enum Event {
    case up
    case failed(any Error)
    case signal
    case stateRemoved
  }

  private let state: StateFolder
  private let ports: Ports
  private let tell: @Sendable (News) -> Void
  private var database: KeptProcess?
  private var socketFolder: String?
  private var services: [Service: KeptProcess] = [:]
  private var edge: (process: KeptProcess, master: EdgeMaster, freshness: Task<Void, Never>)?

  init(state: StateFolder, ports: Ports, tell: @escaping @Sendable (News) -> Void) {
    self.state = state
    self.ports = ports
    self.tell = tell
  }

  /// Runs the suite until a signal ends it. Throws when it cannot be brought up, with nothing left running.
  ///
  /// A second signal while it ends forces what still runs. Without its state folder, by which alone it can be found and
  /// ended, it ends by itself: `isInPlace` says whether that is still there.
  func run(endingOn signals: [Int32], while isInPlace: @escaping @Sendable () -> Bool) async throws {
    let (events, continuation) = AsyncStream.makeStream(of: Event.self)
    let sources = signals.map { number in
      // Dispatch sees a signal only when it does not end the process first.
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number)
      source.setEventHandler { continuation.yield(.signal) }
      source.resume()
      return source
    }
    defer { for source in sources { source.cancel() } }
    let start = Task {
      do {
        try await bringUp()
        continuation.yield(.up)
      } catch {
        continuation.yield(.failed(error))
      }
    }
    let watch = Task {
      while isInPlace() { try await Task.sleep(for: .seconds(1)) }
      continuation.yield(.stateRemoved)
    }
    var failure: (any Error)?
    waiting: for await event in events {
      switch event {
      case .up:
        tell(.ready)
      case .failed(let error):
        failure = error
        break waiting
      case .stateRemoved:
        failure = Fault("The state folder \(state.path) was removed: bring the suite up anew with `ecrm up`.")
        break waiting
      case .signal:
        break waiting
      }
    }
    watch.cancel()
    start.cancel()
    await start.value
    let force = Task {
      for await event in events {
        if case .signal = event { await forceEnd() }
      }
    }
    await bringDown()
    force.cancel()
    if let failure { throw failure }
  }

  private func bringUp() async throws {
    let programs = try Self.programs()
    _ = try EdgeServer.nginx()
    try await Leftovers.end(state)
    try await ports.requireFree()
    try state.recordPorts(ports)
    try Keys.makeMissing(in: state)
    _ = try Authority.issueMissing(in: state)
    try await StandingTokens.renew(in: state)

    let cluster = try await Cluster.prepare(state, ports: ports) { [tell] in tell(.step($0)) }
    let databaseURL = try await start(cluster)
    try Task.checkCancellation()
    var passwords: [Service: String] = [:]
    for service in Service.allCases { passwords[service] = try Secrets.obtain(state.password(service.role), bytes: 24) }
    try await Schemas.migrate(databaseURL, passwords)

    for service in Service.allCases {
      let url = cluster.databaseURL(role: service.role, password: passwords[service] ?? "")
      let program = Program(
        path: programs[service] ?? service.rawValue,
        environment: ServiceEnvironment.of(service, databaseURL: url, state: state, ports: ports),
        log: state.log(service.rawValue))
      // While a restore works on the database, or until it is gone for whatever reason.
      let isHeld = { @Sendable [state] in ProcessIdentity.recorded(in: state.restoreRecord) != nil }
      services[service] = keep(service.rawValue, isHeld: isHeld) { try program.spawn() }
    }
    for process in services.values { await process.begin() }
    let edge = try await startEdge()
    try await waitForServices()
    try await waitForEdge(edge)
  }

  private func startEdge() async throws -> KeptProcess {
    let server = try EdgeServer(state, ports: ports, environment: ProcessInfo.processInfo.environment)
    try server.prepare()
    let master = EdgeMaster(server)
    let name = StateFolder.edgeName
    let process = KeptProcess(
      name: name, log: state.log(name), record: state.record(name), tell: { [tell] in tell(.incident($0)) }
    ) { [log = state.log(name)] in
      try await master.start {
        var program = $0
        program.log = log
        return try program.spawn()
      }
    }
    let settings = try await SettingsReader(
      environment: ProcessInfo.processInfo.environment, settings: Setting.ofService + Setting.ofSomeServices)
    let seconds = try Double(settings.text(.reloadSeconds)) ?? 5
    let freshness = Task { [tell] in
      await server.keepFresh(process, everySeconds: seconds) { tell(.incident($0)) }
    }
    edge = (process, master, freshness)
    await process.begin()
    return process
  }

  private func waitForEdge(_ process: KeptProcess) async throws {
    let deadline = ContinuousClock.now + .seconds(Self.readySeconds)
    while await !Readiness.isEdgeReady(port: ports.edge, authority: state.authority) {
      try await requireProgress(of: process, until: deadline)
    }
    tell(.step(line(StateFolder.edgeName, "https://localhost:\(ports.edge)")))
  }

  /// Starts PostgreSQL and waits until it takes connections; returns the owner's way to it.
  private func start(_ cluster: Cluster) async throws -> String {
    socketFolder = cluster.socketFolder
    let process = keep("postgres") { try cluster.start() }
    database = process
    await process.begin()
    let deadline = ContinuousClock.now + .seconds(Self.recoverySeconds)
    while true {
      if let identity = await process.identity, Cluster.isReady(identity.pid, in: cluster.dataFolder) { break }
      try await requireProgress(of: process, until: deadline)
    }
    let password = try Files.text(state.password(Cluster.owner)) ?? ""
    let url = cluster.databaseURL(role: Cluster.owner, password: password)
    try Files.write(url + "\n", to: state.databaseURL, mode: 0o600)
    tell(.step(line("postgres", SocketFolder.socket(in: cluster.socketFolder, port: cluster.port))))
    return url
  }

  private func waitForServices() async throws {
    let deadline = ContinuousClock.now + .seconds(Self.readySeconds)
    try await withThrowingTaskGroup(of: Service.self) { group in
      for (service, process) in services {
        group.addTask { [ports] in
          while await !Readiness.isReady(service, ports: ports) {
            try await self.requireProgress(of: process, until: deadline)
          }
          return service
        }
      }
      for try await service in group {
        tell(.step(line(service.rawValue, "https://localhost:\(ports.rpc(service))")))
      }
    }
  }

  /// Pauses before the next look at a process that is starting, and throws when there is no use in waiting for it.
  private func requireProgress(of process: KeptProcess, until deadline: ContinuousClock.Instant) async throws {
    try await Task.sleep(for: .milliseconds(50))
    let remark = Files.lastLine(process.log).map { " (\($0.prefix(400)))" } ?? ""
    if await process.failures >= Self.failuresToGiveUp {
      let end = await process.lastFailure
      throw Fault("\(process.name) ends as soon as it starts, with \(end)\(remark): correct what \(process.log) says.")
    }
    guard ContinuousClock.now < deadline else {
      throw Fault("\(process.name) runs but is not ready\(remark): see why in \(process.log).")
    }
  }

  private func bringDown() async {
    edge?.freshness.cancel()
    // Services before the database, so that what they have begun still reaches it. The edge takes nothing new meanwhile,
    // and passes on what they still answer.
    await withTaskGroup(of: Void.self) { group in
      if let edge {
        group.addTask {
          await edge.process.end(asking: SIGQUIT, forcing: SIGTERM, afterSeconds: 35)
          await edge.master.endWorkers()
        }
      }
      for process in services.values {
        group.addTask { await process.end(asking: SIGTERM, forcing: SIGKILL, afterSeconds: 30) }
      }
    }
    await database?.end(asking: SIGINT, forcing: SIGQUIT, afterSeconds: 60)
    if let socketFolder { rmdir(socketFolder) }
  }

  private func forceEnd() async {
    await edge?.process.force(SIGTERM)
    for process in services.values { await process.force(SIGKILL) }
    // PostgreSQL ends at once and recovers from its log when it starts again.
    await database?.force(SIGQUIT)
  }

  private func keep(
    _ name: String, isHeld: @escaping @Sendable () -> Bool = { false }, start: @escaping @Sendable () throws -> pid_t
  ) -> KeptProcess {
    KeptProcess(
      name: name, log: state.log(name), record: state.record(name), tell: { [tell] in tell(.incident($0)) },
      isHeld: isHeld, start: start)
  }

  /// The services' executables, which lie beside this one.
  private static func programs() throws -> [Service: String] {
    let folder = URL(fileURLWithPath: Program.current).deletingLastPathComponent().path
    var programs: [Service: String] = [:]
    for service in Service.allCases {
      let program = "\(folder)/\(service.rawValue)"
      guard Files.isExecutable(program) else {
        throw Fault("There is no \(service.rawValue) beside \(Program.current): build everything with `make build`.")
      }
      programs[service] = program
    }
    return programs
  }

  private func line(_ name: String, _ address: String) -> String {
    name + String(repeating: " ", count: max(1, 25 - name.count)) + address
  }
}
