/// What arrays can be made of. Every value conforms, and an Optional of one; bytes do it their own way, as bytea.
public protocol PostgresElement: Sendable {
  static var arrayType: PostgresType { get }
  static func array(postgres cell: PostgresCell) throws -> [Self]
  static func encode(array: [Self], into bytes: inout [UInt8])
}

/// A one-dimensional array of values; of bytes it is a bytea.
extension Array: PostgresColumn, PostgresValue, PostgresElement where Element: PostgresElement {
  public static var postgresType: PostgresType { Element.arrayType }

  public init(postgres cell: PostgresCell) throws {
    self = try Element.array(postgres: cell)
  }

  public func encode(into bytes: inout [UInt8]) {
    Element.encode(array: self, into: &bytes)
  }
}

extension UInt8: PostgresElement {
  public static var arrayType: PostgresType { .bytea }

  public static func array(postgres cell: PostgresCell) throws -> [UInt8] {
    [UInt8](try cell.bytes(of: .bytea, as: "bytes"))
  }

  public static func encode(array: [UInt8], into bytes: inout [UInt8]) {
    bytes += array
  }
}

extension PostgresValue {
  public static var arrayType: PostgresType { PostgresType(oid: postgresType.arrayOID, arrayOID: 0) }

  public static func array(postgres cell: PostgresCell) throws -> [Self] {
    try cell.elements().map { try Self(postgres: $0) }
  }

  public static func encode(array: [Self], into bytes: inout [UInt8]) {
    bytes.append(arrayOf: postgresType, count: array.count)
    for element in array { bytes.append(element: element) }
  }
}

extension Optional: PostgresElement where Wrapped: PostgresValue {
  public static var arrayType: PostgresType { Wrapped.arrayType }

  public static func array(postgres cell: PostgresCell) throws -> [Wrapped?] {
    try cell.elements().map { try Wrapped?(postgres: $0) }
  }

  public static func encode(array: [Wrapped?], into bytes: inout [UInt8]) {
    bytes.append(arrayOf: Wrapped.postgresType, count: array.count)
    for element in array {
      if let element { bytes.append(element: element) } else { bytes.append(bigEndian: -1 as Int32) }
    }
  }
}

extension [UInt8] {
  fileprivate mutating func append(arrayOf type: PostgresType, count: Int) {
    append(bigEndian: (count == 0 ? 0 : 1) as Int32)
    append(bigEndian: 1 as Int32)
    append(bigEndian: type.oid)
    guard count > 0 else { return }
    append(bigEndian: Int32(clamping: count))
    append(bigEndian: 1 as Int32)
  }

  /// Appends a value after its length.
  mutating func append(element: some PostgresValue) {
    let start = count
    append(bigEndian: 0 as Int32)
    element.encode(into: &self)
    let length = UInt32(clamping: count - start - 4)
    for byte in 0..<4 { self[start + byte] = UInt8(truncatingIfNeeded: length >> (24 - 8 * UInt32(byte))) }
  }
}

extension PostgresBinding {
  /// The arrays, of one element each, as one.
  init(gathering arrays: [PostgresBinding]) {
    let header = 20
    var bytes = Array(arrays[0].bytes?.prefix(12) ?? [])
    bytes.reserveCapacity(arrays.reduce(header) { $0 + ($1.bytes?.count ?? 0) })
    bytes.append(bigEndian: Int32(clamping: arrays.count))
    bytes.append(bigEndian: 1 as Int32)
    for array in arrays { bytes += array.bytes?.dropFirst(header) ?? [] }
    self.init(type: arrays[0].type, bytes: bytes, isOfEach: true)
  }
}

extension PostgresCell {
  /// The cells of a one-dimensional array.
  func elements() throws -> [PostgresCell] {
    let bytes = try bytes()
    let dimensions = try bytes.number(at: 0, as: Int32.self)
    let type = try bytes.number(at: 8, as: UInt32.self)
    // Flags are 0 or 1, so another type's bytes are seldom taken for an array.
    guard (0...6).contains(dimensions), (0...1).contains(try bytes.number(at: 4, as: Int32.self)) else {
      throw mismatch("an array")
    }
    guard dimensions > 0 else { return [] }
    guard dimensions == 1 else { throw PostgresError(.decoding, "an array of \(dimensions) dimensions cannot be read") }
    let count = Int(try bytes.number(at: 12, as: Int32.self))
    var cells: [PostgresCell] = []
    cells.reserveCapacity(min(count, bytes.count / 4))
    var offset = 20
    for _ in 0..<count {
      let length = Int(try bytes.number(at: offset, as: Int32.self))
      offset += 4
      guard length >= 0 else {
        cells.append(PostgresCell(type: type, content: nil))
        continue
      }
      guard offset + length <= bytes.count else { throw mismatch("an array") }
      cells.append(PostgresCell(type: type, content: UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + length])))
      offset += length
    }
    return cells
  }
}
