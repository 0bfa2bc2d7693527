import CustomerBase
import Models
import Postgres
import Synchronization

/// Work that outlasts the call that starts it; a job is one order for it.
///
/// A worker that dies is followed by another, which begins anew: `run` must bear being run again.
public protocol Work: Codable, Sendable {
  associatedtype Result: Codable & Sendable
  /// What jobs of it are called, after the method that starts them.
  static var name: String { get }
  func run(_ job: JobRun) async throws -> JobResult<Result>
}

/// What a worker's attempt ended with: the effect is carried out in one transaction together with the job's end.
public struct JobResult<Result: Codable & Sendable>: Sendable {
  public let result: Result
  let effect: @Sendable (CustomerBase) async throws -> Void

  public init(_ result: Result, effect: @escaping @Sendable (CustomerBase) async throws -> Void = { _ in }) {
    self.result = result
    self.effect = effect
  }
}

/// An attempt at a job.
public struct JobRun: Sendable {
  public let job: TakenJob
  public let now: Timestamp
  public let pool: PostgresPool
  public let ids: IDGenerator
  public let author: Author
  var privacy: PrivacyMeans = .none
  private let reports = Reports()

  init(
    job: TakenJob, now: Timestamp, pool: PostgresPool, ids: IDGenerator, author: Author, privacy: PrivacyMeans = .none
  ) {
    (self.job, self.now, self.pool, self.ids, self.author, self.privacy) = (job, now, pool, ids, author, privacy)
  }

  /// Tells how far the work is, 0 to 1, and stops it when the job was cancelled or went to another worker.
  ///
  /// Each time is a transaction, so what comes within a tenth of a second of the last is not told.
  public func report(_ progress: Double) async throws {
    guard reports.isDue() else { return }
    let counts = try await transaction { try await CustomerBase.report(progress, of: job, in: $0) }
    if !counts { throw CancellationError() }
  }

  /// Writes a part of the work in a transaction of its own, before the job's end: what nobody sees until then.
  public func write<T: Sendable>(_ body: (CustomerBase) async throws -> T) async throws -> T {
    try await transaction { transaction in
      let base = CustomerBase(database: transaction, now: now, ids: ids, author: author, privacy: privacy)
      base.shareErasureLock()
      return try await body(base)
    }
  }

  /// A transaction that does not wait for the disk: the one that ends the job does, and no later one is kept without those
  /// before it. What a crash takes away is done again with the job.
  private func transaction<T: Sendable>(_ body: (Transaction) async throws -> T) async throws -> T {
    try await pool.transaction { transaction in
      _ = transaction.send("SELECT set_config('synchronous_commit', 'off', true)")
      return try await body(transaction)
    }
  }

  /// Reads on one state of the data, for as long as the work's reading takes.
  public func snapshot<T: Sendable>(_ body: (any Database) async throws -> T) async throws -> T {
    try await pool.transaction(.snapshot, statementTimeout: .seconds(120)) { try await body($0) }
  }
}

/// When an attempt last told how far it is.
private final class Reports: Sendable {
  private let last = Mutex<ContinuousClock.Instant?>(nil)

  /// Whether it may tell it again; then it has.
  func isDue() -> Bool {
    let now = ContinuousClock.now
    return last.withLock { last in
      if let last, now - last < .milliseconds(100) { return false }
      last = now
      return true
    }
  }
}
