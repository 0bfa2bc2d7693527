/// Where PostgreSQL is, and within what limits a pool uses it.
public struct PostgresConfiguration: Sendable {
  /// A connection string as libpq takes it, a URI or key=value; TLS by its `sslmode`.
  public var dsn: String
  /// What PostgreSQL lists the connections as, unless the connection string says otherwise.
  public var applicationName: String
  /// Connections that all callers of the shared lane use together.
  public var sharedConnections: Int
  /// Connections that one caller has alone, at most. A COMMIT waits for the disk, and the more of them wait together the
  /// more the disk takes at once; all five services, and one of them twice, fit the server's 120.
  public var exclusiveConnections: Int
  /// How long a caller waits for a connection before the error `unavailable`.
  public var acquireTimeout: Duration
  /// How long one attempt to connect may take.
  public var connectTimeout: Duration = .seconds(5)
  /// Limit of one statement in the shared lane.
  public var sharedStatementTimeout: Duration = .seconds(1)
  /// Limit of one statement in the exclusive lane, unless the caller passes another. Zero is no limit.
  public var statementTimeout: Duration
  /// How long a transaction may wait for its caller before the server ends it.
  public var idleInTransactionTimeout: Duration
  /// Statements of the shared lane that may wait at once for a connection; more are refused.
  public var sharedQueueLimit = 10_000

  public init(
    dsn: String,
    applicationName: String = "ecrm",
    sharedConnections: Int = 2,
    exclusiveConnections: Int = 16,
    acquireTimeout: Duration = .seconds(2),
    statementTimeout: Duration = .seconds(10),
    idleInTransactionTimeout: Duration = .seconds(10)
  ) {
    self.dsn = dsn
    self.applicationName = applicationName
    self.sharedConnections = sharedConnections
    self.exclusiveConnections = exclusiveConnections
    self.acquireTimeout = acquireTimeout
    self.statementTimeout = statementTimeout
    self.idleInTransactionTimeout = idleInTransactionTimeout
  }
}

extension Duration {
  var milliseconds: Int64 {
    components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
  }

  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) / 1e18
  }
}
