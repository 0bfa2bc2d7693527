extension Bool: PostgresValue {
  public static var postgresType: PostgresType { .bool }

  public init(postgres cell: PostgresCell) throws {
    self = try cell.bytes(of: .bool, as: "Bool").whole(UInt8.self) != 0
  }

  public func encode(into bytes: inout [UInt8]) {
    bytes.append(self ? 1 : 0)
  }
}

extension Int: PostgresValue {
  public static var postgresType: PostgresType { .int8 }

  public init(postgres cell: PostgresCell) throws {
    self = Int(try Int64(postgres: cell))
  }

  public func encode(into bytes: inout [UInt8]) {
    bytes.append(bigEndian: Int64(self))
  }
}

extension Int64: PostgresValue {
  public static var postgresType: PostgresType { .int8 }

  public init(postgres cell: PostgresCell) throws {
    switch cell.type {
    case PostgresType.int8.oid: self = try cell.bytes().whole(Int64.self)
    case PostgresType.int4.oid: self = Int64(try cell.bytes().whole(Int32.self))
    case TypeNumber.int2: self = Int64(try cell.bytes().whole(Int16.self))
    case TypeNumber.oid: self = Int64(try cell.bytes().whole(UInt32.self))
    default: throw cell.mismatch("a whole number")
    }
  }

  public func encode(into bytes: inout [UInt8]) {
    bytes.append(bigEndian: self)
  }
}

extension Int32: PostgresValue {
  public static var postgresType: PostgresType { .int4 }

  public init(postgres cell: PostgresCell) throws {
    let wide = try Int64(postgres: cell)
    guard let narrow = Int32(exactly: wide) else {
      throw PostgresError(.decoding, "\(wide) does not fit 32 bits")
    }
    self = narrow
  }

  public func encode(into bytes: inout [UInt8]) {
    bytes.append(bigEndian: self)
  }
}

extension Double: PostgresValue {
  public static var postgresType: PostgresType { .float8 }

  public init(postgres cell: PostgresCell) throws {
    switch cell.type {
    case PostgresType.float8.oid: self = Double(bitPattern: try cell.bytes().whole())
    case TypeNumber.float4: self = Double(Float(bitPattern: try cell.bytes().whole()))
    default: throw cell.mismatch("a Double")
    }
  }

  public func encode(into bytes: inout [UInt8]) {
    bytes.append(bigEndian: bitPattern)
  }
}

/// The number of a transaction, as `pg_current_xact_id()` gives it: it never wraps around.
public struct TransactionID: PostgresValue, Hashable, Comparable, Codable {
  public let value: UInt64

  public init(_ value: UInt64) {
    self.value = value
  }

  public static var postgresType: PostgresType { .xid8 }

  public init(postgres cell: PostgresCell) throws {
    value = try cell.bytes(of: .xid8, as: "a transaction number").whole()
  }

  public func encode(into bytes: inout [UInt8]) {
    bytes.append(bigEndian: value)
  }

  public static func < (left: Self, right: Self) -> Bool {
    left.value < right.value
  }
}
