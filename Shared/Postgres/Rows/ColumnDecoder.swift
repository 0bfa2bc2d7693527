import Models

/// One cell as the decoder of a type that decodes from a single value, such as an address that checks its text.
struct ColumnDecoder: Decoder, SingleValueDecodingContainer, RawJSONDecoder {
  let decoder: ResultDecoder
  let column: Int
  let cell: PostgresCell
  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func rawJSON() throws -> RawJSON { try RawJSON(postgres: cell) }
  func singleValueContainer() -> any SingleValueDecodingContainer { self }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    throw PostgresError(.decoding, "a column cannot be decoded as a struct; keep it as RawJSON")
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    ArrayDecoder(decoder: decoder, column: column, cells: try cell.elements())
  }

  func decodeNil() -> Bool { cell.isNull }
  func decode(_ type: Bool.Type) throws -> Bool { try Bool(postgres: cell) }
  func decode(_ type: String.Type) throws -> String { try String(postgres: cell) }
  func decode(_ type: Double.Type) throws -> Double { try Double(postgres: cell) }
  func decode(_ type: Float.Type) throws -> Float { Float(try Double(postgres: cell)) }
  func decode(_ type: Int.Type) throws -> Int { try Int(postgres: cell) }
  func decode(_ type: Int8.Type) throws -> Int8 { try narrow() }
  func decode(_ type: Int16.Type) throws -> Int16 { try narrow() }
  func decode(_ type: Int32.Type) throws -> Int32 { try narrow() }
  func decode(_ type: Int64.Type) throws -> Int64 { try narrow() }
  func decode(_ type: UInt.Type) throws -> UInt { try narrow() }
  func decode(_ type: UInt8.Type) throws -> UInt8 { try narrow() }
  func decode(_ type: UInt16.Type) throws -> UInt16 { try narrow() }
  func decode(_ type: UInt32.Type) throws -> UInt32 { try narrow() }
  func decode(_ type: UInt64.Type) throws -> UInt64 { try narrow() }

  func decode<Decoded: Decodable>(_ type: Decoded.Type) throws -> Decoded {
    if let type = type as? any PostgresColumn.Type, let value = try type.init(postgres: cell) as? Decoded {
      return value
    }
    return try Decoded(from: self)
  }

  private func narrow<Number: FixedWidthInteger>() throws -> Number {
    let wide = try Int64(postgres: cell)
    guard let narrow = Number(exactly: wide) else {
      throw PostgresError(.decoding, "\(wide) does not fit \(Number.self)")
    }
    return narrow
  }
}

/// An array's elements, for those that are no values of PostgreSQL themselves.
struct ArrayDecoder: UnkeyedDecodingContainer {
  let decoder: ResultDecoder
  let column: Int
  let cells: [PostgresCell]
  private(set) var currentIndex = 0
  var codingPath: [any CodingKey] { [] }
  var count: Int? { cells.count }
  var isAtEnd: Bool { currentIndex == cells.count }

  init(decoder: ResultDecoder, column: Int, cells: [PostgresCell]) {
    self.decoder = decoder
    self.column = column
    self.cells = cells
  }

  mutating func decodeNil() throws -> Bool {
    guard !isAtEnd, cells[currentIndex].isNull else { return false }
    currentIndex += 1
    return true
  }

  mutating func decode<Decoded: Decodable>(_ type: Decoded.Type) throws -> Decoded {
    guard let element = try superDecoder() as? ColumnDecoder else { throw PostgresError(.decoding, "no element") }
    return try element.decode(type)
  }

  mutating func superDecoder() throws -> any Decoder {
    guard !isAtEnd else { throw PostgresError(.decoding, "the array has no further element") }
    defer { currentIndex += 1 }
    return ColumnDecoder(decoder: decoder, column: column, cell: cells[currentIndex])
  }

  mutating func nestedContainer<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    try superDecoder().container(keyedBy: type)
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    try superDecoder().unkeyedContainer()
  }
}
