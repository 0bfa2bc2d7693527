/// What can be read from a column: a value, or an Optional of one.
public protocol PostgresColumn: Sendable {
  init(postgres cell: PostgresCell) throws
}

/// What can stand in a hole of `SQL` and be read from a column, in PostgreSQL's binary format.
///
/// A type of one's own delegates both ways to one that conforms:
/// `init(postgres cell: PostgresCell) throws { self.init(try String(postgres: cell)) }`.
public protocol PostgresValue: PostgresColumn, PostgresElement {
  static var postgresType: PostgresType { get }
  /// Appends the value's bytes.
  func encode(into bytes: inout [UInt8])
}

/// A type whose value is kept as text: an enumeration with raw values of String needs nothing but the conformance.
public protocol PostgresText: PostgresValue, RawRepresentable where RawValue == String {}

extension PostgresText {
  public static var postgresType: PostgresType { .text }

  public init(postgres cell: PostgresCell) throws {
    let text = try String(postgres: cell)
    guard let value = Self(rawValue: text) else {
      throw PostgresError(.decoding, "\"\(text)\" is no \(Self.self)")
    }
    self = value
  }

  public func encode(into bytes: inout [UInt8]) {
    rawValue.encode(into: &bytes)
  }
}

/// One parameter: its type and its bytes, none for NULL.
public struct PostgresBinding: Sendable, Hashable {
  let type: UInt32
  let bytes: [UInt8]?
  /// Whether it is an array of what each caller gives, so far of one.
  var isOfEach = false

  init<Value: PostgresValue>(each value: Value) {
    self.init([value])
    isOfEach = true
  }

  init(_ value: some PostgresValue) {
    var bytes: [UInt8] = []
    value.encode(into: &bytes)
    self.type = Swift.type(of: value).postgresType.oid
    self.bytes = bytes
  }

  init(null type: PostgresType) {
    self.type = type.oid
    self.bytes = nil
  }

  init(type: UInt32, bytes: [UInt8]?, isOfEach: Bool) {
    (self.type, self.bytes, self.isOfEach) = (type, bytes, isOfEach)
  }
}

/// One cell of an answer. Its bytes are valid only while it is being decoded.
public struct PostgresCell {
  /// The number of the column's type.
  public let type: UInt32
  /// The binary form, none for NULL.
  let content: UnsafeRawBufferPointer?

  public var isNull: Bool { content == nil }

  /// The bytes of a value that may not be NULL.
  func bytes() throws -> UnsafeRawBufferPointer {
    guard let content else { throw PostgresError(.decoding, "NULL where a value was expected") }
    return content
  }

  /// The bytes, when the column is of the one type.
  func bytes(of expected: PostgresType, as name: StaticString) throws -> UnsafeRawBufferPointer {
    guard type == expected.oid else { throw mismatch(name) }
    return try bytes()
  }

  func mismatch(_ name: StaticString) -> PostgresError {
    if isNull { return PostgresError(.decoding, "NULL where a value was expected") }
    return PostgresError(.decoding, "type number \(type) cannot be read as \(name)")
  }
}

extension Optional: PostgresColumn where Wrapped: PostgresColumn {
  public init(postgres cell: PostgresCell) throws {
    self = cell.isNull ? nil : try Wrapped(postgres: cell)
  }
}

extension UnsafeRawBufferPointer {
  /// The big-endian number at the offset.
  func number<Number: FixedWidthInteger>(at offset: Int = 0, as: Number.Type = Number.self) throws -> Number {
    guard offset >= 0, offset + MemoryLayout<Number>.size <= count else {
      throw PostgresError(.decoding, "the value is \(count) bytes long, too short for its type")
    }
    return Number(bigEndian: loadUnaligned(fromByteOffset: offset, as: Number.self))
  }

  /// The big-endian number that the whole value is.
  func whole<Number: FixedWidthInteger>(_: Number.Type = Number.self) throws -> Number {
    guard count == MemoryLayout<Number>.size else {
      throw PostgresError(.decoding, "the value is \(count) bytes long, which does not fit its type")
    }
    return try number()
  }
}

extension [UInt8] {
  /// Appends the number, big-endian.
  mutating func append(bigEndian number: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: number.bigEndian) { self.append(contentsOf: $0) }
  }
}
