/// A statement: SQL text with holes, written as a literal.
///
/// A value in a hole becomes a parameter, another `SQL` is spliced in with its own parameters. Text that is only known
/// at run time cannot become SQL: neither initialiser takes a `String`.
public struct SQL: Sendable, Hashable {
  /// What a statement is made of.
  enum Token: Sendable, Hashable {
    case text(ProgramText)
    /// Text that came about at run time: a name, a migration.
    case made(String)
    case hole
  }

  private(set) var tokens: [Token] = []
  /// What stands in the holes, in order.
  private(set) var bindings: [PostgresBinding] = []

  init() {}

  /// Statements without parameters that were checked in with the program.
  public init(trusted text: StaticString) {
    append(text: text)
  }

  /// A name, quoted, so that any text is safe where PostgreSQL wants an identifier.
  public init(identifier name: String) {
    let kept = name.unicodeScalars.filter { $0 != "\0" }.map { $0 == "\"" ? "\"\"" : String($0) }.joined()
    tokens = [.made("\"\(kept)\"")]
  }

  /// The text of a migration, which may hold many statements. For the migrator only.
  init(script: String) {
    tokens = [.made(script)]
  }

  /// What PostgreSQL is sent: the holes numbered from `$1`.
  var text: String { tokens.text }

  /// Both, one after the other.
  public static func + (left: SQL, right: SQL) -> SQL {
    var joined = left
    joined.append(right)
    return joined
  }

  /// Appends another piece, its holes numbered after the ones before.
  public mutating func append(_ other: SQL) {
    tokens += other.tokens
    bindings += other.bindings
  }

  fileprivate mutating func append(text: StaticString) {
    if text.utf8CodeUnitCount > 0 { tokens.append(.text(ProgramText(text))) }
  }

  fileprivate mutating func reserve(holes: Int) {
    tokens.reserveCapacity(2 * holes + 1)
    bindings.reserveCapacity(holes)
  }

  fileprivate mutating func append(_ binding: PostgresBinding) {
    tokens.append(.hole)
    bindings.append(binding)
  }
}

/// Text of the program, told from other text by where it stands there: no call has to copy or to compare it.
struct ProgramText: Sendable, Hashable {
  private let text: StaticString

  init(_ text: StaticString) { self.text = text }

  var string: String { text.withUTF8Buffer { String(decoding: $0, as: UTF8.self) } }

  static func == (left: ProgramText, right: ProgramText) -> Bool {
    left.text.utf8Start == right.text.utf8Start && left.text.utf8CodeUnitCount == right.text.utf8CodeUnitCount
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(text.utf8Start)
  }
}

extension [SQL.Token] {
  /// The text with its holes numbered.
  var text: String {
    var text = ""
    var holes = 0
    for token in self {
      switch token {
      case .text(let fixed): text += fixed.string
      case .made(let made): text += made
      case .hole:
        holes += 1
        text += "$\(holes)"
      }
    }
    return text
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
    var sql = SQL()

    public init(literalCapacity: Int, interpolationCount: Int) {
      sql.reserve(holes: interpolationCount)
    }

    public mutating func appendLiteral(_ literal: StaticString) {
      sql.append(text: literal)
    }

    /// A parameter.
    public mutating func appendInterpolation<Value: PostgresValue>(_ value: Value) {
      sql.append(PostgresBinding(value))
    }

    /// A parameter that is NULL when there is no value.
    public mutating func appendInterpolation<Value: PostgresValue>(_ value: Value?) {
      sql.append(value.map { PostgresBinding($0) } ?? PostgresBinding(null: Value.postgresType))
    }

    /// A parameter of a look-up that many callers make, each for a value of theirs: the array of their values.
    ///
    /// A statement whose parameters are all of this kind unnests them side by side `WITH ORDINALITY`, and answers with
    /// that place before its own columns and in its order; a caller sees their own rows, without it. The shared lane asks
    /// once for all who wait with the same look-up, anything else for one.
    public mutating func appendInterpolation<Value: PostgresValue>(each value: Value) {
      // What comes out of a sub-select has no length that the planner knows, so it keeps one plan for all lengths.
      sql.append(text: "(SELECT ")
      sql.append(PostgresBinding(each: value))
      sql.append(text: ")")
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
    var joined = SQL()
    var isFirst = true
    for fragment in self {
      if !isFirst { joined.append(separator) }
      joined.append(fragment)
      isFirst = false
    }
    return joined
  }
}
