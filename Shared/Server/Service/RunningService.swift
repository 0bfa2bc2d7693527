import CustomerBase
import Logging
import Models
import Postgres

/// A service on its database: what runs its calls, and its workers. Tests use it without a listener.
public struct RunningService: Sendable {
  public let service: any SuiteService.Type
  public private(set) var calls: CallRunner
  let pool: PostgresPool
  let logger: Logger
  private let clock: @Sendable () -> Timestamp
  private let ids: IDGenerator
  private let privacy: PrivacyMeans
  private let wake: Wake
  private let bell: JournalBell

  public init(
    _ service: any SuiteService.Type, pool: PostgresPool, clock: @escaping @Sendable () -> Timestamp,
    ids: IDGenerator? = nil, privacy: PrivacyMeans = .none, logger: Logger
  ) {
    let ids = ids ?? IDGenerator(clock: clock)
    let wake = Wake()
    let bell = JournalBell(pool: pool, wake: wake)
    self.service = service
    self.pool = pool
    self.logger = logger
    self.clock = clock
    self.ids = ids
    self.privacy = privacy
    self.wake = wake
    self.bell = bell
    calls = CallRunner(
      service: service, pool: pool, clock: clock, ids: ids, privacy: privacy, logger: logger,
      committed: { bell.ring() })
  }

  /// The same service, held to what clients' certificates may call.
  func admitting(_ clients: ClientAccess?) -> RunningService {
    var service = self
    service.calls.clients = clients
    return service
  }

  /// Works on jobs, follows the journal and does chores, until it is cancelled.
  public func runWorkers() async {
    await withDiscardingTaskGroup { group in
      group.addTask { await jobWorker.run() }
      group.addTask { await bell.listen() }
      for follower in service.followers {
        group.addTask { await worker(of: follower).run() }
      }
      for chore in service.chores + [ForgetOldAnswers.self] {
        group.addTask { await worker(of: chore).run() }
      }
    }
  }

  /// Carries out all jobs that wait and applies what the journal holds, then returns.
  public func settle() async throws {
    while try await jobWorker.runNext() {}
    try await follow()
  }

  /// Lets followers take what they can have of the journal, and no job.
  public func follow() async throws {
    for follower in service.followers {
      while try await worker(of: follower).step() > 0 {}
    }
  }

  private var jobWorker: JobWorker {
    JobWorker(
      service: service, pool: pool, clock: clock, ids: ids, privacy: privacy, logger: logger, wake: wake)
  }

  private func worker(of follower: any Follower.Type) -> FollowerWorker {
    FollowerWorker(
      service: service, follower: follower, pool: pool, clock: clock, ids: ids, privacy: privacy, logger: logger,
      wake: wake)
  }

  /// Does what is due of a chore.
  func carryOut(_ chore: any Chore.Type) async throws {
    try await worker(of: chore).runOnce()
  }

  private func worker(of chore: any Chore.Type) -> ChoreWorker {
    ChoreWorker(
      service: service, chore: chore, pool: pool, clock: clock, ids: ids, privacy: privacy, logger: logger)
  }

  func databaseCheck() async -> CheckResult {
    do {
      return try await durabilityFault().map { .down($0) } ?? .up
    } catch {
      return .down("\(error)")
    }
  }

  /// Why an answered write could be lost in this database; nil when it could not.
  ///
  /// What counts is what holds in the service's own sessions: a role or a database may have settings of its own.
  func durabilityFault() async throws -> String? {
    let off: [String] = try await pool.shared.all(
      """
      SELECT wanted.name FROM unnest(ARRAY['fsync', 'full_page_writes', 'synchronous_commit']) AS wanted (name)
      WHERE current_setting(wanted.name) = 'off' ORDER BY wanted.name
      """)
    guard !off.isEmpty else { return nil }
    let names = off.joined(separator: " and ")
    return "The database has \(names) off, for this role at least: what was answered could be lost."
  }

  func schemaCheck(_ schemas: [SchemaMigrations]) async -> CheckResult {
    do {
      try await Migrator(schemas: schemas).verify(pool.shared)
      return .up
    } catch {
      return .down("\(error)")
    }
  }
}

extension RunningService {
  /// Whether the journal's transaction numbers count in this cluster: in another one they start over, until `ecrm
  /// migrate` has begun an epoch there.
  func epochCheck() async -> CheckResult {
    do {
      let isOurs: Bool? = try await pool.shared.first(
        """
        SELECT e.system_identifier = c.system_identifier
        FROM base.epochs e, pg_control_system() c ORDER BY e.epoch DESC LIMIT 1
        """)
      return isOurs == true ? .up : .down("the database has moved to another cluster: run `ecrm migrate`")
    } catch {
      return .down("\(error)")
    }
  }
}

/// Forgets the answers of idempotency keys that nobody may repeat any more.
private struct ForgetOldAnswers: Chore {
  static let name = "answers.forget"
  static let everySeconds = 60

  static func run(in base: CustomerBase) async throws -> Bool {
    while try await base.forgetOldAnswers() == 5000 {}
    return false
  }
}
