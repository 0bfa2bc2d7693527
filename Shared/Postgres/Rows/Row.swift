/// A row of an answer. It keeps the whole answer in memory, so decode it soon.
public struct Row: Sendable {
  let result: QueryResult
  let index: Int

  /// The names of the columns.
  public var columns: [String] { result.columns.names }

  /// Reads the columns in their order, exactly as many as there are: `let (id, name) = try row.decode(…)`.
  public func decode<each Value: PostgresColumn>(_ type: repeat (each Value).Type) throws -> (repeat each Value) {
    var wanted = 0
    for _ in repeat (each Value).self { wanted += 1 }
    guard wanted == result.columns.names.count else {
      throw PostgresError(.decoding, "\(wanted) columns were asked for, there are \(result.columns.names.count)")
    }
    var column = 0
    func next<Next: PostgresColumn>(_ type: Next.Type) throws -> Next {
      defer { column += 1 }
      return try result.value(type, row: index, column: column)
    }
    return (repeat try next(each type))
  }

  /// Reads the only column.
  public func decode<Value: PostgresColumn>(_ type: Value.Type) throws -> Value {
    try result.value(type, row: index, column: ResultDecoder(result).only())
  }

  /// Reads the columns into the properties of the same names: `created_at` into `createdAt`, `customer_id` into
  /// `customerID`. A type that is a value itself is read from the only column.
  @_disfavoredOverload
  public func decode<Decoded: Decodable>(_ type: Decoded.Type = Decoded.self) throws -> Decoded {
    try ResultDecoder(result).decode(type, row: index)
  }

  /// Reads the column at the position, counted from 0.
  public func value<Value: PostgresColumn>(_ column: Int, as type: Value.Type = Value.self) throws -> Value {
    guard result.columns.names.indices.contains(column) else {
      throw PostgresError(.decoding, "there is no column \(column)")
    }
    return try result.value(type, row: index, column: column)
  }

  /// Reads the column of the name.
  public func value<Value: PostgresColumn>(_ column: String, as type: Value.Type = Value.self) throws -> Value {
    guard let position = try result.columns.index(of: column) else {
      throw PostgresError(.decoding, "there is no column \"\(column)\"")
    }
    return try result.value(type, row: index, column: position)
  }
}
