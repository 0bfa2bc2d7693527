import Models

/// Read from every type whose binary form is its text; jsonb and uuid are read as PostgreSQL writes them.
extension String: PostgresValue {
  public static var postgresType: PostgresType { .text }

  public init(postgres cell: PostgresCell) throws {
    switch cell.type {
    case PostgresType.text.oid, TypeNumber.varchar, TypeNumber.bpchar, TypeNumber.name, TypeNumber.unknown,
      TypeNumber.json, TypeNumber.char, TypeNumber.firstOwn...:
      self.init(decoding: try cell.bytes(), as: UTF8.self)
    case PostgresType.jsonb.oid:
      self.init(decoding: try cell.jsonText(), as: UTF8.self)
    case PostgresType.uuid.oid:
      self = try ID<Never>(postgres: cell).description
    default:
      throw cell.mismatch("String")
    }
  }

  public func encode(into bytes: inout [UInt8]) {
    bytes.append(contentsOf: utf8)
  }
}

/// Written as jsonb, read from json and jsonb, always as the text that PostgreSQL gives.
extension RawJSON: PostgresValue {
  public static var postgresType: PostgresType { .jsonb }

  public init(postgres cell: PostgresCell) throws {
    self.init(wellFormed: [UInt8](try cell.jsonText()))
  }

  public func encode(into bytes: inout [UInt8]) {
    bytes.append(jsonbVersion)
    bytes.append(contentsOf: utf8)
  }
}

extension PostgresCell {
  fileprivate func jsonText() throws -> Slice<UnsafeRawBufferPointer> {
    switch type {
    case TypeNumber.json:
      return try bytes()[...]
    case PostgresType.jsonb.oid:
      let bytes = try bytes()
      guard bytes.first == jsonbVersion else { throw PostgresError(.decoding, "jsonb of a version that is not known") }
      return bytes.dropFirst()
    default:
      throw mismatch("JSON")
    }
  }
}

/// The byte that stands before the text of a jsonb.
private let jsonbVersion: UInt8 = 1

extension ID: PostgresColumn, PostgresElement, PostgresValue {
  public static var postgresType: PostgresType { .uuid }

  public init(postgres cell: PostgresCell) throws {
    let bytes = try cell.bytes(of: .uuid, as: "an id")
    self.init(high: try bytes.number(at: 0), low: try bytes.number(at: 8))
  }

  public func encode(into bytes: inout [UInt8]) {
    bytes.append(bigEndian: high)
    bytes.append(bigEndian: low)
  }
}
