/// How the exclusive lane fares. Counters count from the start of the process.
public struct PoolStatistics: Sendable, Hashable {
  /// Connections that are idle, lent or being made.
  public var size: Int
  public var idle: Int
  /// Callers that wait for a connection.
  public var waiting: Int
  /// Callers that waited in vain.
  public var timeouts: Int
  /// Connections that were lost or given up, in both lanes.
  public var reconnects: Int
  /// What all callers waited together.
  public var waitSeconds: Double
  /// How many callers asked for a connection.
  public var waitCount: Int
}

/// What a transaction sees and may do.
public enum TransactionMode: Sendable {
  /// READ COMMITTED: each statement sees what was committed before it began. For whatever writes.
  case readCommitted
  /// REPEATABLE READ READ ONLY: all statements see the same world. For reads of several statements.
  case snapshot
}

/// The connections of a process to one database, in two lanes.
///
/// The shared lane is for look-ups: single statements, several callers on one connection at a time. The exclusive lane
/// is for transactions, reports, COPY and LISTEN: one caller has a connection alone. Connections are made when needed,
/// and again when they are lost.
public final class PostgresPool: Sendable {
  private let sharedLane: SharedLane
  private let exclusiveLane: ExclusiveLane

  public init(_ configuration: PostgresConfiguration) {
    sharedLane = SharedLane(configuration)
    exclusiveLane = ExclusiveLane(configuration)
  }

  /// Connects the shared lane, keeps all connections until it is cancelled, then closes them.
  ///
  /// The pool works without it too; then connections are made by the first who needs them, and closed with the pool.
  public func run() async {
    sharedLane.open()
    let cancelled = Answer()
    await withTaskCancellationHandler {
      _ = await cancelled.outcome()
    } onCancel: {
      cancelled.resolve(.failure(CancellationError()))
    }
    close()
  }

  /// Closes idle connections now and lent ones when they are given back; whoever waits gets an error.
  public func close() {
    sharedLane.close()
    exclusiveLane.close()
  }

  /// The shared lane: one statement at a time that needs no transaction around it, within a second.
  ///
  /// Statements are independent: their order is not kept, and the failure of one touches no other. They can only read.
  /// A cancelled caller gets its error at once; the statement may still run.
  public var shared: any Database { sharedLane }

  /// Runs the body in a transaction: committed when it returns, rolled back when it throws or its task is cancelled.
  ///
  /// BEGIN goes out with the first statement, so an unused transaction costs nothing. Failures worth another run are
  /// marked `isSerialisationFailure`; nothing is run again here. A connection lost after COMMIT was sent is an error of
  /// kind `unknownOutcome`. The transaction must not be used once the body has returned.
  @discardableResult
  public func transaction<Value: Sendable>(
    _ mode: TransactionMode = .readCommitted,
    statementTimeout: Duration? = nil,
    _ body: (Transaction) async throws -> Value
  ) async throws -> Value {
    let session = try await exclusiveLane.acquire()
    let lease = Lease(session, exclusiveLane, begin: Lease.begin(mode, statementTimeout), statementTimeout)
    do {
      let value = try await body(Transaction(lease: lease))
      try await lease.commit()
      await lease.end()
      return value
    } catch {
      await lease.end()
      throw error
    }
  }

  /// Lends a connection outside of any transaction: for long reports, locks of the session, COPY and LISTEN.
  ///
  /// Locks, settings, listening and temporary tables of the session end with it.
  @discardableResult
  public func connection<Value: Sendable>(
    statementTimeout: Duration? = nil,
    _ body: (Connection) async throws -> Value
  ) async throws -> Value {
    let session = try await exclusiveLane.acquire()
    let lease = Lease(session, exclusiveLane, begin: [], statementTimeout)
    do {
      try await lease.configure(statementTimeout)
      let value = try await body(Connection(lease: lease))
      try lease.checkCancelled()
      await lease.end()
      return value
    } catch {
      await lease.end()
      throw error
    }
  }

  public var statistics: PoolStatistics {
    var statistics = exclusiveLane.statistics
    statistics.reconnects += sharedLane.reconnects
    return statistics
  }
}
