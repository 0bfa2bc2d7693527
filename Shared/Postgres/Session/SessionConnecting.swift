import CLibpq

/// What a session needs to know to connect.
struct SessionSettings: Sendable {
  let dsn: String
  let applicationName: String
  let connectTimeout: Duration
  let statementTimeout: Duration
  let idleInTransactionTimeout: Duration
  /// Whether it serves the shared lane.
  let isShared: Bool

  init(_ configuration: PostgresConfiguration, isShared: Bool) {
    dsn = configuration.dsn
    applicationName = configuration.applicationName
    connectTimeout = configuration.connectTimeout
    statementTimeout = isShared ? configuration.sharedStatementTimeout : configuration.statementTimeout
    idleInTransactionTimeout = configuration.idleInTransactionTimeout
    self.isShared = isShared
  }

  /// Begins to connect. It may block while a host name is resolved.
  func connect() -> OpaquePointer? {
    // What stands before dbname is a default that the connection string may override; what stands after it holds.
    let parameters: [(String, String)] = [
      ("fallback_application_name", applicationName), ("keepalives_idle", "10"), ("keepalives_interval", "5"),
      ("keepalives_count", "3"), ("tcp_user_timeout", "10000"), ("dbname", dsn), ("client_encoding", "UTF8"),
      ("options", options),
    ]
    return withStrings(parameters.map(\.0)) { keywords in
      withStrings(parameters.map(\.1)) { values in
        PQconnectStartParams(keywords, values, 1)
      }
    }
  }

  /// The server's settings of the session, after those of the connection string: given with the start they are
  /// what RESET returns to.
  private var options: String {
    let own = [
      "statement_timeout=\(statementTimeout.milliseconds)",
      "idle_in_transaction_session_timeout=\(idleInTransactionTimeout.milliseconds)",
      "TimeZone=UTC", "DateStyle=ISO", "bytea_output=hex", "default_transaction_read_only=\(isShared ? "on" : "off")",
    ]
    return ([givenOptions].compactMap { $0 } + own.map { "-c \($0)" }).joined(separator: " ")
  }

  /// The options of the connection string, which ours would replace.
  private var givenOptions: String? {
    guard let list = PQconninfoParse(dsn, nil) else { return nil }
    defer { PQconninfoFree(list) }
    var option = list
    while let keyword = option.pointee.keyword {
      if String(cString: keyword) == "options", let value = option.pointee.val { return String(cString: value) }
      option += 1
    }
    return nil
  }
}

/// Lends the strings as C does it, an array of pointers that ends with NULL.
private func withStrings<Answer>(_ strings: [String], _ body: ([UnsafePointer<CChar>?]) -> Answer) -> Answer {
  func lend(_ rest: ArraySlice<String>, _ pointers: [UnsafePointer<CChar>?]) -> Answer {
    guard let first = rest.first else { return body(pointers + [nil]) }
    return first.withCString { lend(rest.dropFirst(), pointers + [$0]) }
  }
  return lend(strings[...], [])
}

extension PostgresError {
  /// What a failed result says.
  init(result: OpaquePointer) {
    func field(_ code: Character) -> String? {
      code.asciiValue.flatMap { PQresultErrorField(result, Int32($0)) }.map { String(cString: $0) }
    }
    let state = field("C")
    let severity = field("V")
    var kind = Kind.server
    // Without a code it is libpq that speaks: the connection is gone. FATAL ends it too.
    if state == nil || severity == "FATAL" || severity == "PANIC" { kind = .unavailable }
    if state == "57014" { kind = .timeout }
    let message = field("M") ?? PQresultErrorMessage(result).map { String(cString: $0) } ?? "no message"
    self.init(kind, message.trimmed, sqlState: state)
    detail = field("D")
    hint = field("H")
    constraint = field("n")
    schema = field("s")
    table = field("t")
    column = field("c")
    isStalePlan = state == "0A000" && field("R") == "RevalidateCachedQuery"
  }

  /// What libpq says about a connection.
  static func connection(_ connection: OpaquePointer?, _ fallback: String) -> PostgresError {
    let message = connection.flatMap { PQerrorMessage($0) }.map { String(cString: $0).trimmed } ?? ""
    return PostgresError(.unavailable, message.isEmpty ? fallback : message)
  }
}

extension String {
  fileprivate var trimmed: String {
    var text = self[...]
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return String(text)
  }
}
