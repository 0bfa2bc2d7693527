import CustomerBase
import Foundation
import Logging
import Metrics
import Models
import NIOCore
import Postgres
import ServiceLifecycle

/// A running service: its listener, its workers and its database pool, started together and ended in order.
public struct ServiceProcess: Sendable {
  /// The suite's version.
  public static let version = "0.1.0"

  let service: any SuiteService.Type
  let settings: ServiceSettings

  public init(_ service: any SuiteService.Type, settings: ServiceSettings) {
    self.service = service
    self.settings = settings
  }

  /// Starts the service with what its environment says, and ends with the process.
  public static func main(_ service: any SuiteService.Type) async {
    do {
      let settings = try ServiceSettings(
        service: service.name, version: version, environment: ProcessInfo.processInfo.environment)
      try await ServiceProcess(service, settings: settings).run()
    } catch {
      FileHandle.standardError.write(Data("\(service.name): \(sentence(error))\n".utf8))
      exit(1)
    }
  }

  /// Why the service cannot run, for ops.
  private static func sentence(_ error: any Error) -> String {
    guard let error = error as? IOError, error.errnoCode == EADDRINUSE else { return "\(error)" }
    return "The port of ECRM_PORT or of ECRM_ADMIN_PORT is in use by another program."
  }

  /// Runs until the process is told to stop.
  public func run() async throws {
    let name = service.name
    let logger = Logger(label: name) { JSONLogHandler(label: $0, service: name, level: settings.logLevel) }
    let metrics = PrometheusMetrics(help: [
      "rpc_requests_total": "Calls by method and JSON-RPC code, 0 for success.",
      "rpc_duration_seconds": "Time from parsed request to encoded answer.",
    ])
    MetricsSystem.bootstrap(metrics)

    var configuration = PostgresConfiguration(dsn: settings.databaseURL)
    configuration.applicationName = name
    let pool = PostgresPool(configuration)
    let running = RunningService(service, pool: pool, clock: systemClock, logger: logger)
    metrics.register { poolSamples(pool.statistics) }
    let verifier = TokenVerifier(keysPath: settings.keysPath, rules: .init(issuers: ["ecrm"]), logger: logger)
    let responder = try ServiceResponder(
      ServiceEndpoint(calls: running.calls, verifier: verifier), version: Self.version)
    let schemas = [CustomerBase.schema, service.schema]
    let readiness = Readiness(checks: [
      ("database", { await running.databaseCheck() }),
      ("schema", { await running.schemaCheck(schemas) }),
      ("epoch", { await running.epochCheck() }),
    ])
    let transport = HTTPTransport(
      settings: settings.transport, responder: responder,
      verifier: verifier,
      readiness: readiness, metrics: metrics, logger: logger)

    logger.notice("starting", metadata: ["version": "\(Self.version)", "port": "\(settings.transport.port)"])
    let group = ServiceGroup(
      configuration: .init(
        services: [
          .init(service: Background { await pool.run() }),
          .init(
            service: Background {
              await readiness.untilStarted()
              await running.runWorkers()
            }),
          .init(service: transport),
          .init(service: SecondSignal()),
        ],
        gracefulShutdownSignals: [.sigterm, .sigint],
        logger: logger))
    try await group.run()
    logger.notice("stopped")
  }
}

/// Something that runs until it is told to stop.
private struct Background: ServiceLifecycle.Service {
  let body: @Sendable () async -> Void

  func run() async throws {
    await cancelWhenGracefulShutdown { await body() }
  }
}

let systemClock: @Sendable () -> Timestamp = {
  Timestamp(microsecondsSinceEpoch: Int64(Date().timeIntervalSince1970 * 1_000_000))
}

private func poolSamples(_ statistics: PoolStatistics) -> [PrometheusMetrics.Sample] {
  [
    .init("database_pool_connections", value: Double(statistics.size)),
    .init("database_pool_idle_connections", value: Double(statistics.idle)),
    .init("database_pool_waiting", value: Double(statistics.waiting)),
    .init("database_pool_timeouts_total", kind: .counter, value: Double(statistics.timeouts)),
    .init("database_pool_reconnects_total", kind: .counter, value: Double(statistics.reconnects)),
  ]
}
