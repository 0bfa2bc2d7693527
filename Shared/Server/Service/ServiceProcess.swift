#if canImport(CMalloc)
  import CMalloc
#endif
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
  public static func main(_ service: any SuiteService.Type) async -> Never {
    // It asks for files to be read again, and must not end a service that has not read them yet.
    signal(SIGHUP, SIG_IGN)
    giveLargeBlocksBack()
    do {
      let settings = try await ServiceSettings(
        service: service.name, version: version, own: service.ownSettings,
        environment: ProcessInfo.processInfo.environment)
      try await ServiceProcess(service, settings: settings).run()
    } catch {
      FileHandle.standardError.write(Data("\(service.name): \(sentence(error))\n".utf8))
      endProcess(1)
    }
    endProcess(0)
  }

  /// Has the C library give every block of over 128 KiB back to the system as soon as it is free.
  ///
  /// It begins so, but after the first such block is freed it keeps ones of that size, in an arena for each thread: the
  /// buffers of long answers to callers that left held hundreds of megabytes in pieces between what was still in use.
  private static func giveLargeBlocksBack() {
    #if canImport(CMalloc)
      mallopt(M_MMAP_THRESHOLD, 128 * 1024)
    #endif
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
    let metrics = PrometheusMetrics(help: Self.help, labels: [("service", name)])
    MetricsSystem.bootstrap(metrics)

    var configuration = PostgresConfiguration(dsn: settings.databaseURL)
    configuration.applicationName = name
    let pool = PostgresPool(configuration)
    let clients = try clientAccess(metrics, logger)
    let running = RunningService(service, pool: pool, clock: systemClock, privacy: settings.privacy, logger: logger)
      .admitting(clients)
    metrics.register { poolSamples(pool.statistics) }
    metrics.register(collector: ProcessMetrics(startedAt: systemClock()).samples)
    let databaseMetrics = DatabaseMetrics(service, pool: pool)
    metrics.register(collector: databaseMetrics.samples)
    let verifier = TokenVerifier(keysPath: settings.keysPath, rules: .init(issuers: ["ecrm"]), logger: logger)
    let responder = try ServiceResponder(
      ServiceEndpoint(calls: running.calls, verifier: verifier), version: Self.version)
    let schemas = [CustomerBase.schema, service.schema]
    let readiness = Readiness(checks: [
      ("database", { await running.databaseCheck() }),
      ("schema", { await running.schemaCheck(schemas) }),
      ("epoch", { await running.epochCheck() }),
    ])
    metrics.register { [.init("service_ready", value: readiness.isReady ? 1 : 0)] }
    let transport = HTTPTransport(
      settings: settings.transport, responder: responder,
      verifier: verifier,
      readiness: readiness, metrics: metrics, logger: logger, onLook: { clients?.list?.look() })

    logger.notice("starting", metadata: ["version": "\(Self.version)", "port": "\(settings.transport.port)"])
    let group = ServiceGroup(
      configuration: .init(
        services: [
          .init(service: Background { await pool.run() }),
          .init(service: DurableDatabase(running: running), successTerminationBehavior: .ignore),
          .init(
            service: Background {
              await readiness.untilStarted()
              await running.runWorkers()
            }),
          .init(
            service: Background {
              await readiness.untilStarted()
              await databaseMetrics.run()
            }),
          .init(service: transport),
          .init(service: SecondSignal()),
        ],
        gracefulShutdownSignals: [.sigterm, .sigint],
        logger: logger))
    try await group.run()
    logger.notice("stopped")
  }

  /// What clients' certificates may call, where they are asked for.
  private func clientAccess(_ metrics: PrometheusMetrics, _ logger: Logger) throws -> ClientAccess? {
    guard settings.transport.clientAuthorityPath != nil else { return nil }
    let name = "client_allow_list_reload_failures_total"
    let list = try settings.clientAllowListPath.map { path in
      metrics.describe(name, "Looks at the clients' allow list that found something unusable.")
      return try Reloaded(
        "The clients' allow list was", from: [path], failures: metrics.counter(name, [("service", service.name)]),
        logger: logger
      ) { try ClientAllowList(parsing: String(decoding: $0[0], as: UTF8.self)) }
    }
    return ClientAccess(rule: settings.transport.clientCertificates, list: list)
  }
}

/// Something that runs until it is told to stop.
private struct Background: ServiceLifecycle.Service {
  let body: @Sendable () async -> Void

  func run() async throws {
    await cancelWhenGracefulShutdown { await body() }
  }
}

/// Ends the process at once, without the exit handlers of C's libraries: a thread that connects to PostgreSQL may still
/// use what libcrypto's would tear down.
func endProcess(_ status: Int32) -> Never {
  _exit(status)
}

/// Ends the start where the database could lose what was answered. While the database cannot be reached this waits.
private struct DurableDatabase: ServiceLifecycle.Service {
  let running: RunningService

  func run() async throws {
    try await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        let fault: String?
        do {
          fault = try await running.durabilityFault()
        } catch {
          try? await Task.sleep(for: .milliseconds(100))
          continue
        }
        guard let fault else { return }
        throw WrongDatabase(description: "\(fault) Switch it on.")
      }
    }
  }
}

/// A database that the service does not work with.
private struct WrongDatabase: Error, CustomStringConvertible {
  let description: String
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
    .init("database_pool_waits_total", kind: .counter, value: Double(statistics.waitCount)),
    .init("database_pool_wait_seconds_total", kind: .counter, value: statistics.waitSeconds),
  ]
}

extension ServiceProcess {
  /// What the metrics mean that are not described where they are made.
  private static let help = [
    "rpc_requests_total": "Calls by method and JSON-RPC code, 0 for success.",
    "rpc_duration_seconds": "Time from parsed request to encoded answer.",
    "service_ready": "Whether the service is ready for calls, 1 or 0.",
    "database_pool_connections": "Connections of the exclusive lane that are open.",
    "database_pool_idle_connections": "Connections of the exclusive lane that nobody uses.",
    "database_pool_waiting": "Callers that wait for a connection.",
    "database_pool_timeouts_total": "Callers that waited for a connection in vain.",
    "database_pool_reconnects_total": "Connections that were lost or given up.",
    "database_pool_waits_total": "Times that a connection was asked for.",
    "database_pool_wait_seconds_total": "Time that all callers together waited for connections.",
  ].merging(ProcessMetrics.help) { $1 }.merging(DatabaseMetrics.help) { $1 }
}
