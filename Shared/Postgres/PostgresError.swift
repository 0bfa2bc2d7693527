/// What went wrong between this program and PostgreSQL.
public struct PostgresError: Error, Sendable, Hashable {
  /// What the caller can make of it.
  public enum Kind: Sendable, Hashable {
    /// The server refused the statement; `sqlState` says why.
    case server
    /// There is no connection, or it was lost before an answer came. A statement that writes outside a transaction may
    /// have taken effect.
    case unavailable
    /// The connection was lost after COMMIT was sent: the transaction took effect whole, or not at all.
    case unknownOutcome
    /// An answer does not fit the type that was asked for.
    case decoding
    /// A row was asked for and there was none.
    case noRow
    /// The server ended the statement because it took too long, or the server has stopped answering.
    case timeout
  }

  public var kind: Kind
  /// The five characters of the server's error code.
  public var sqlState: String?
  public var message: String
  public var detail: String?
  public var hint: String?
  public var constraint: String?
  public var schema: String?
  public var table: String?
  public var column: String?
  /// The statement was planned for a table that has changed since: it did not run and can be sent again.
  var isStalePlan = false

  public init(_ kind: Kind, _ message: String, sqlState: String? = nil) {
    self.kind = kind
    self.message = message
    self.sqlState = sqlState
  }

  /// The transaction lost against another one and succeeds when it is run again: SQLSTATE 40001 or 40P01.
  public var isSerialisationFailure: Bool {
    sqlState == "40001" || sqlState == "40P01"
  }
}

extension PostgresError: CustomStringConvertible {
  public var description: String {
    let code = sqlState.map { " [\($0)]" } ?? ""
    let more = detail.map { " (\($0))" } ?? ""
    return "\(message)\(code)\(more)"
  }
}
