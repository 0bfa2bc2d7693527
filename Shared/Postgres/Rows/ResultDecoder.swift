/// Decodes the rows of one answer, one after the other, and remembers which column belongs to which property.
final class ResultDecoder {
  let result: QueryResult
  /// The row being decoded.
  private(set) var row = 0
  /// The columns in the order in which the first row's properties asked for them; later rows ask alike.
  private var known: [(name: String, column: Int?)] = []
  private var position = 0

  init(_ result: QueryResult) {
    self.result = result
  }

  func decode<Decoded: Decodable>(_ type: Decoded.Type, row: Int) throws -> Decoded {
    self.row = row
    position = 0
    if let type = type as? any PostgresColumn.Type {
      return try value(type, of: only())
    }
    return try Decoded(from: RowDecoder(decoder: self))
  }

  /// The only column.
  func only() throws -> Int {
    guard result.columns.names.count == 1 else {
      throw PostgresError(.decoding, "one column was expected, there are \(result.columns.names.count)")
    }
    return 0
  }

  func column(of name: String) throws -> Int? {
    for guess in [position, position - 1] where known.indices.contains(guess) && known[guess].name == name {
      position = guess + 1
      return known[guess].column
    }
    if let found = known.firstIndex(where: { $0.name == name }) {
      position = found + 1
      return known[found].column
    }
    known.append((name, try result.columns.index(of: name)))
    position = known.count
    return known[position - 1].column
  }

  func isNull(_ column: Int) -> Bool {
    result.cell(row: row, column: column).isNull
  }

  /// Reads a column as any type: itself a value of PostgreSQL, or something that decodes from a single one.
  func decode<Decoded: Decodable>(_ type: Decoded.Type, of column: Int) throws -> Decoded {
    if let type = type as? any PostgresColumn.Type {
      return try value(type, of: column)
    }
    do {
      return try Decoded(
        from: ColumnDecoder(decoder: self, column: column, cell: result.cell(row: row, column: column)))
    } catch var error as PostgresError {
      throw result.name(&error, column: column)
    } catch DecodingError.dataCorrupted(let context) {
      var error = PostgresError(.decoding, context.debugDescription)
      throw result.name(&error, column: column)
    }
  }

  private func value<Decoded, Value: PostgresColumn>(_: Value.Type, of column: Int) throws -> Decoded {
    guard let value = try result.value(Value.self, row: row, column: column) as? Decoded else {
      throw PostgresError(.decoding, "\(Value.self) is not \(Decoded.self)")
    }
    return value
  }
}

/// A row as the decoder of a struct.
struct RowDecoder: Decoder {
  let decoder: ResultDecoder
  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
    KeyedDecodingContainer(KeyedRow<Key>(decoder: decoder))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    throw PostgresError(.decoding, "a row cannot be decoded as an array")
  }

  func singleValueContainer() throws -> any SingleValueDecodingContainer {
    let column = try decoder.only()
    return ColumnDecoder(decoder: decoder, column: column, cell: decoder.result.cell(row: decoder.row, column: column))
  }
}

/// A row as the keyed values of a struct.
struct KeyedRow<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let decoder: ResultDecoder
  var codingPath: [any CodingKey] { [] }
  var allKeys: [Key] { decoder.result.columns.names.compactMap { Key(stringValue: $0) } }

  func contains(_ key: Key) -> Bool {
    (try? decoder.column(of: key.stringValue)) != nil
  }

  func decodeNil(forKey key: Key) throws -> Bool {
    decoder.isNull(try column(key))
  }

  func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try value(key) }
  func decode(_ type: String.Type, forKey key: Key) throws -> String { try value(key) }
  func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try value(key) }
  func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try value(key) }
  func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try value(key) }
  func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try value(key) }

  func decode<Decoded: Decodable>(_ type: Decoded.Type, forKey key: Key) throws -> Decoded {
    try decoder.decode(type, of: column(key))
  }

  func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? { try optional(key) }
  func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? { try optional(key) }
  func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? { try optional(key) }
  func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? { try optional(key) }

  func decodeIfPresent<Decoded: Decodable>(_ type: Decoded.Type, forKey key: Key) throws -> Decoded? {
    guard let column = try decoder.column(of: key.stringValue), !decoder.isNull(column) else { return nil }
    return try decoder.decode(type, of: column)
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> {
    throw PostgresError(.decoding, "column \"\(key.stringValue)\" cannot be decoded as a struct")
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    throw PostgresError(.decoding, "column \"\(key.stringValue)\" cannot be decoded part by part")
  }

  func superDecoder() -> any Decoder { RowDecoder(decoder: decoder) }

  func superDecoder(forKey key: Key) throws -> any Decoder {
    let column = try column(key)
    return ColumnDecoder(decoder: decoder, column: column, cell: decoder.result.cell(row: decoder.row, column: column))
  }

  private func column(_ key: Key) throws -> Int {
    guard let column = try decoder.column(of: key.stringValue) else {
      throw PostgresError(.decoding, "there is no column for \"\(key.stringValue)\"")
    }
    return column
  }

  private func value<Value: PostgresColumn>(_ key: Key) throws -> Value {
    try decoder.result.value(Value.self, row: decoder.row, column: column(key))
  }

  private func optional<Value: PostgresColumn>(_ key: Key) throws -> Value? {
    guard let column = try decoder.column(of: key.stringValue) else { return nil }
    return try decoder.result.value(Value?.self, row: decoder.row, column: column)
  }
}
