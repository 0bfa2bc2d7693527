import CustomerBase
import JSON
import JSONRPC
import Logging
import Models
import Postgres
import Synchronization

@testable import Acquisition
@testable import ChannelIntegration
@testable import Expansion
@testable import PerformanceMeasurement
@testable import Retention
@testable import Server

/// The five services.
public let allServices: [any SuiteService.Type] = [
  AcquisitionService.self, ChannelIntegrationService.self, ExpansionService.self, PerformanceMeasurementService.self,
  RetentionService.self,
]

/// A service on a database of its own, called without a network, as staff unless said otherwise.
public struct TestService: Sendable {
  public let running: RunningService
  /// The database as its owner sees it, to look at what was written.
  public let database: PostgresPool
  public let clock: TestClock
  public let name: String
  public let ids: IDGenerator

  /// Calls a method as staff.
  public func call<M: Method>(_ method: M) async throws -> M.Output {
    try await call(method, as: .staff)
  }

  public func call<M: Method>(_ method: M, as principal: Principal, key: String? = nil) async throws -> M.Output {
    let answer = try await respond(to: method, as: principal, key: key)
    return try JSONDocument(parsing: answer.json).root.decode(M.Output.self)
  }

  /// The text that a call answers, and whether it is a kept answer.
  public func respond<M: Method>(
    to method: M, as principal: Principal, key: String? = nil
  ) async throws -> (json: [UInt8], isReplayed: Bool) {
    let params = try JSONDocument(parsing: try encodeJSON(method)).root
    return try await respond(to: M.name, params: params, as: principal, key: key)
  }

  public func respond(
    to method: String, params: JSONNode, as principal: Principal?, key: String? = nil
  ) async throws -> (json: [UInt8], isReplayed: Bool) {
    let caller = Caller(
      principal: principal, address: "127.0.0.1", requestID: "test", trace: TraceContext(), idempotencyKey: key,
      limiter: .unlimited)
    let request = RPCRequest(id: .integer(1), method: method, params: params)
    let answer = try await running.calls.run(request, for: Ticket(caller, now: clock.now)).get()
    return (answer.json, answer.isReplayed)
  }

  /// The answer to a call by name, as JSON.
  public func call(_ method: String, _ params: String, as principal: Principal? = .staff) async throws -> JSONNode {
    let node = try JSONDocument(parsing: params).root
    return try JSONDocument(parsing: try await respond(to: method, params: node, as: principal).json).root
  }

  /// A service on the database of the name, connected by its own role.
  static func make(
    _ service: any SuiteService.Type, on database: String, owner: PostgresPool, clock: TestClock, ids: IDGenerator
  ) async throws -> TestService {
    let cluster = try await TestCluster.shared()
    let pool = try await rolePool(service, database: database)
    let privacy = PrivacyMeans(
      erasureKeys: [.test], auditKeys: [.test],
      ledger: ErasureLedger(path: "\(cluster.folder)/erasures-\(database).jsonl"))
    let running = RunningService(
      service, pool: pool, clock: { clock.now }, ids: ids, privacy: privacy, logger: quiet)
    return TestService(running: running, database: owner, clock: clock, name: database, ids: ids)
  }

  /// Ends its connections; whoever made a service by `beside` closes it.
  public func close() { running.pool.close() }

  /// Another service on the same database, with the same clock, and with the same ids unless others are given.
  public func beside(_ service: any SuiteService.Type, ids: IDGenerator? = nil) async throws -> TestService {
    try await Self.make(service, on: name, owner: database, clock: clock, ids: ids ?? self.ids)
  }
}

extension ErasureKey {
  /// The key of services in tests.
  public static let test = ErasureKey(secret: "a key of erasure for tests")
}

extension AuditKey {
  /// The key of services in tests.
  public static let test = AuditKey(secret: "a key of audit for tests")
}

/// A clock that stands still until it is told to move.
public final class TestClock: Sendable {
  private let moment: Mutex<Timestamp>

  public init(_ moment: Timestamp = ExampleData.now) {
    self.moment = Mutex(moment)
  }

  public var now: Timestamp { moment.withLock { $0 } }

  public func advance(seconds: Int64) {
    moment.withLock { $0 = $0.adding(seconds: seconds) }
  }
}

extension Principal {
  public static let staff = Principal(issuer: "ecrm", subject: "staff", role: .staff)
  public static let site = Principal(issuer: "ecrm", subject: "site", role: .site)

  public static func customer(_ customer: ID<Customer>) -> Principal {
    Principal(issuer: "ecrm", subject: "\(customer)", role: .customer, customer: "\(customer)")
  }

  public static func service(scopes: Set<String>) -> Principal {
    Principal(issuer: "ecrm", subject: "integration", role: .service, scopes: scopes)
  }
}

/// Runs the body with a service on a fresh database of all schemas, connected by the service's own role.
public func withService<Value: Sendable>(
  _ service: any SuiteService.Type, template: String? = nil, _ body: (TestService) async throws -> Value
) async throws -> Value {
  await Gate.tests.enter()
  defer { Gate.tests.leave() }
  let cluster = try await TestCluster.shared()
  let source: String = if let template { template } else { try await Template.migrated() }
  let database = try await cluster.makeDatabase(template: source)
  let owner = PostgresPool(PostgresConfiguration(dsn: database.dsn))
  let clock = TestClock()
  // Ids repeat from run to run, so that a failure can be followed.
  let ids = IDGenerator(clock: { clock.now }, random: SeededGenerator(seed: 1))
  let test = try await TestService.make(service, on: database.name, owner: owner, clock: clock, ids: ids)
  let result: Result<Value, any Error>
  do {
    result = .success(try await body(test))
  } catch {
    result = .failure(error)
  }
  test.close()
  owner.close()
  try await cluster.drop(database.name)
  return try result.get()
}

/// Lets a few tests have a database at a time: all at once they would ask for more connections than there are.
private final class Gate: Sendable {
  static let tests = Gate(places: 8)

  private let state: Mutex<(free: Int, waiting: [CheckedContinuation<Void, Never>])>

  init(places: Int) {
    state = Mutex((places, []))
  }

  func enter() async {
    await withCheckedContinuation { continuation in
      let isFree = state.withLock { state in
        guard state.free == 0 else {
          state.free -= 1
          return true
        }
        state.waiting.append(continuation)
        return false
      }
      if isFree { continuation.resume() }
    }
  }

  /// Passes the place on to whoever waits longest.
  func leave() {
    let next = state.withLock { state in
      guard !state.waiting.isEmpty else {
        state.free += 1
        return nil as CheckedContinuation<Void, Never>?
      }
      return state.waiting.removeFirst()
    }
    next?.resume()
  }
}

private let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

private func rolePool(_ service: any SuiteService.Type, database: String) async throws -> PostgresPool {
  let cluster = try await TestCluster.shared()
  let dsn = "host=\(cluster.folder)/socket user=\(service.role) dbname=\(database)"
  return PostgresPool(PostgresConfiguration(dsn: dsn))
}

/// The database that tests copy: all schemas and roles, no data.
public actor Template {
  private static let made = Task {
    let cluster = try await TestCluster.shared()
    try await cluster.create("template_suite")
    let passwords = Dictionary(uniqueKeysWithValues: allServices.map { ($0.role, "test") })
    try await SuiteDatabase(allServices).migrate(dsn: cluster.dsn("template_suite"), passwords: passwords)
    return "template_suite"
  }

  public static func migrated() async throws -> String {
    try await made.value
  }
}

/// A generator whose numbers follow from its seed (SplitMix64, Steele, Lea & Flood 2014).
public struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  public init(seed: UInt64) {
    state = seed
  }

  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
