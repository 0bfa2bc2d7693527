/// A statement: SQL text with holes, written as a literal.
///
/// A value in a hole becomes a parameter, another `SQL` is spliced in with its own parameters. Text that is only known
/// at run time cannot become SQL: neither initialiser takes a `String`.
public struct SQL: Sendable, Hashable {
  /// The text around the holes, always one piece more than there are bindings.
  var pieces: [String]
  /// What stands in the holes, in order.
  var bindings: [PostgresBinding]

  init(pieces: [String], bindings: [PostgresBinding]) {
    self.pieces = pieces
    self.bindings = bindings
  }

  /// Statements without parameters that were checked in with the program.
  public init(trusted text: StaticString) {
    self.init(pieces: [text.text], bindings: [])
  }

  /// A name, quoted, so that any text is safe where PostgreSQL wants an identifier.
  public init(identifier name: String) {
    let kept = name.unicodeScalars.filter { $0 != "\0" }.map { $0 == "\"" ? "\"\"" : String($0) }.joined()
    self.init(pieces: ["\"\(kept)\""], bindings: [])
  }

  /// The text of a migration, which may hold many statements. For the migrator only.
  init(script: String) {
    self.init(pieces: [script], bindings: [])
  }

  /// What PostgreSQL is sent: the holes numbered from `$1`.
  var text: String {
    guard !bindings.isEmpty else { return pieces[0] }
    var text = ""
    text.reserveCapacity(pieces.reduce(5 * bindings.count) { $0 + $1.utf8.count })
    text += pieces[0]
    for position in 1..<pieces.count {
      text += "$"
      text += String(position)
      text += pieces[position]
    }
    return text
  }

  /// Both, one after the other.
  public static func + (left: SQL, right: SQL) -> SQL {
    var joined = left
    joined.append(right)
    return joined
  }

  /// Appends another piece, its holes numbered after the ones before.
  public mutating func append(_ other: SQL) {
    pieces[pieces.count - 1] += other.pieces[0]
    pieces += other.pieces.dropFirst()
    bindings += other.bindings
  }
}

extension SQL: ExpressibleByStringInterpolation {
  public init(stringLiteral text: StaticString) {
    self.init(trusted: text)
  }

  public init(stringInterpolation: StringInterpolation) {
    self = stringInterpolation.sql
  }

  /// Collects the text and the holes of a literal.
  public struct StringInterpolation: StringInterpolationProtocol {
    var sql = SQL(pieces: [""], bindings: [])

    public init(literalCapacity: Int, interpolationCount: Int) {
      sql.pieces.reserveCapacity(interpolationCount + 1)
      sql.bindings.reserveCapacity(interpolationCount)
    }

    public mutating func appendLiteral(_ literal: StaticString) {
      guard literal.utf8CodeUnitCount > 0 else { return }
      sql.pieces[sql.pieces.count - 1] += literal.text
    }

    /// A parameter.
    public mutating func appendInterpolation<Value: PostgresValue>(_ value: Value) {
      sql.bindings.append(PostgresBinding(value))
      sql.pieces.append("")
    }

    /// A parameter that is NULL when there is no value.
    public mutating func appendInterpolation<Value: PostgresValue>(_ value: Value?) {
      sql.bindings.append(value.map(PostgresBinding.init) ?? PostgresBinding(null: Value.postgresType))
      sql.pieces.append("")
    }

    /// Another piece of SQL.
    public mutating func appendInterpolation(_ fragment: SQL) {
      sql.append(fragment)
    }
  }
}

extension Sequence<SQL> {
  /// The fragments with the separator between them; empty SQL when there are none.
  public func joined(separator: SQL) -> SQL {
    var joined = SQL(pieces: [""], bindings: [])
    var isFirst = true
    for fragment in self {
      if !isFirst { joined.append(separator) }
      joined.append(fragment)
      isFirst = false
    }
    return joined
  }
}

extension StaticString {
  var text: String {
    withUTF8Buffer { String(decoding: $0, as: UTF8.self) }
  }
}
