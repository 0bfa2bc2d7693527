import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import NIOSSL
import ServiceLifecycle

/// Serves a responder over HTTPS, and health and metrics on a port of their own.
///
/// On graceful shutdown it stops being ready, goes on serving for a while, then stops accepting, lets the calls in
/// flight finish, and returns.
public struct HTTPTransport: Service {
  /// Ports that are listened on, which the settings may have left open.
  public struct Ports: Hashable, Sendable {
    public var calls: Int
    public var admin: Int
  }

  private let settings: TransportSettings
  private let readiness: Readiness
  private let metrics: PrometheusMetrics
  private let responder: any HTTPResponder
  private let verifier: TokenVerifier
  private let logger: Logger
  private let onLook: @Sendable () -> Void
  private let onListening: @Sendable (Ports) async -> Void

  /// A transport that calls `onListening` once both ports are open, and `onLook` whenever it looks again at the files
  /// of its certificates.
  public init(
    settings: TransportSettings, responder: any HTTPResponder, verifier: TokenVerifier, readiness: Readiness,
    metrics: PrometheusMetrics, logger: Logger, onListening: @escaping @Sendable (Ports) async -> Void = { _ in },
    onLook: @escaping @Sendable () -> Void = {}
  ) {
    self.settings = settings
    self.responder = responder
    self.verifier = verifier
    self.readiness = readiness
    self.metrics = metrics
    self.logger = logger
    self.onLook = onLook
    self.onListening = onListening
  }

  public func run() async throws {
    // A loop of its own, so that health is answered however busy the others are.
    let adminLoops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    do {
      try await listen(adminLoops: adminLoops)
    } catch {
      try await adminLoops.shutdownGracefully()
      throw error
    }
    try await adminLoops.shutdownGracefully()
  }

  private func listen(adminLoops: MultiThreadedEventLoopGroup) async throws {
    let transportMetrics = TransportMetrics(metrics: metrics, settings: settings)
    let certificates = try Certificates(settings: settings, metrics: metrics, logger: logger)
    let door = FrontDoor(
      settings: settings, responder: responder, verifier: verifier, readiness: readiness, metrics: transportMetrics,
      logger: logger)
    let adminDoor = AdminDoor(readiness: readiness, metrics: metrics)
    let ports = AsyncStream.makeStream(of: (isAdmin: Bool, port: Int).self)
    let calls = Listener(
      server: Server(
        childChannelSetup: ConnectionChannel(
          limits: settings.limits, metrics: transportMetrics, certificates: certificates,
          isEnding: { readiness.isEnding }, respond: door.serve),
        configuration: ServerConfiguration(
          address: .hostname(settings.host, port: settings.port), backlog: 1024,
          availableConnectionsDelegate: MaximumAvailableConnections(settings.limits.connections, logger: logger)),
        onServerRunning: { ports.continuation.yield((false, $0.localAddress?.port ?? 0)) },
        eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger))
    let admin = Listener(
      server: Server(
        childChannelSetup: ConnectionChannel(
          limits: settings.limits, metrics: transportMetrics, certificates: nil, isEnding: { readiness.isEnding },
          respond: adminDoor.serve),
        configuration: ServerConfiguration(
          address: .hostname(settings.adminHost, port: settings.adminPort),
          availableConnectionsDelegate: MaximumAvailableConnections(256, logger: logger)),
        onServerRunning: { ports.continuation.yield((true, $0.localAddress?.port ?? 0)) },
        eventLoopGroup: adminLoops, logger: logger))
    try await withThrowingTaskGroup { group in
      group.addTask { try await calls.run() }
      group.addTask { try await admin.run() }
      group.addTask {
        await lookAgain(everySeconds: settings.reloadSeconds) {
          certificates.look()
          onLook()
        }
      }
      group.addTask { await keepReadinessFresh() }
      group.addTask { await announce(ports.stream) }
      group.addTask {
        try await gracefulShutdown()
        await shutDown(calls, admin)
        throw Stopped()
      }
      do {
        for try await _ in group {}
      } catch is Stopped {}
      group.cancelAll()
    }
  }

  /// The end of a graceful shutdown, which ends the tasks that would go on for ever.
  private struct Stopped: Error {}

  private func shutDown(_ calls: some Stoppable, _ admin: some Stoppable) async {
    logger.info("Draining.")
    readiness.beginDraining()
    try? await Task.sleep(for: .seconds(settings.drainSeconds))
    readiness.beginStopping()
    logger.info("Stopping.")
    if await !calls.stop(within: settings.stopSeconds) { logger.warning("Calls in flight were cut off.") }
    _ = await admin.stop(within: 1)
    logger.info("Stopped.")
  }

  private func keepReadinessFresh() async {
    while !Task.isCancelled {
      await readiness.refresh()
      try? await Task.sleep(for: .seconds(readiness.hasStarted ? 1 : 0.1))
    }
  }

  private func announce(_ stream: AsyncStream<(isAdmin: Bool, port: Int)>) async {
    var ports = Ports(calls: 0, admin: 0)
    for await (isAdmin, port) in stream {
      if isAdmin { ports.admin = port } else { ports.calls = port }
      if ports.calls != 0, ports.admin != 0 {
        await onListening(ports)
        return
      }
    }
  }
}

/// Something that listens and can be told to stop.
private protocol Stoppable: Sendable {
  /// Whether everything in flight was finished in that time.
  func stop(within seconds: Double) async -> Bool
}

/// A server that stops when it is told to, rather than as soon as the process is to shut down.
private struct Listener<Setup: ServerChildChannel>: Stoppable {
  let server: Server<Setup>

  func run() async throws {
    // A task that does not inherit the graceful shutdown: first the service drains.
    let running = Task.detached { try await server.run() }
    try await withTaskCancellationHandler {
      try await running.value
    } onCancel: {
      running.cancel()
    }
  }

  func stop(within seconds: Double) async -> Bool {
    // The shutdown cannot be cancelled, so no task group may wait for it.
    let outcomes = AsyncStream.makeStream(of: Bool.self)
    Task.detached {
      let isDone: Void? = try? await server.shutdownGracefully()
      outcomes.continuation.yield(isDone != nil)
    }
    let timer = Task.detached {
      try await Task.sleep(for: .seconds(seconds))
      outcomes.continuation.yield(false)
    }
    defer { timer.cancel() }
    return await outcomes.stream.first { _ in true } ?? false
  }
}
