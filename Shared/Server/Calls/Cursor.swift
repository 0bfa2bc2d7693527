import FoundationEssentials
import JSON
import JSONRPC
import Models

/// Where a page ended, and of which list: opaque to callers, refused with another filter than it was made for.
public struct Cursor<Position: Codable & Sendable>: Codable, Sendable {
  private var list: UInt64
  private var position: Position

  /// Writes the cursor of a page that ended at the position.
  public static func text(after position: Position, of filter: some Encodable) throws -> String {
    let cursor = Cursor(list: try fingerprint(filter), position: position)
    return Data(try encodeJSON(cursor)).base64EncodedString()
      .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }

  /// Reads a cursor; nil where there is none.
  ///
  /// - Throws: `invalidParams` for one that is not of this list.
  public static func position(_ text: String?, of filter: some Encodable) throws -> Position? {
    guard let text else { return nil }
    let base64 = text.replacing("-", with: "+").replacing("_", with: "/")
    guard let bytes = Data(base64Encoded: base64 + String(repeating: "=", count: (4 - base64.count % 4) % 4)),
      let document = try? JSONDocument(parsing: Array(bytes)),
      let cursor = try? document.root.decode(Cursor.self),
      cursor.list == (try fingerprint(filter))
    else { throw InvalidParam(path: "/params/cursor", rule: "cursor", message: "is not a cursor of this list") }
    return cursor.position
  }

  /// FNV-1a over the filter's JSON.
  private static func fingerprint(_ filter: some Encodable) throws -> UInt64 {
    try encodeJSON(filter, sortedKeys: true).reduce(0xcbf2_9ce4_8422_2325 as UInt64) { hash, byte in
      (hash ^ UInt64(byte)) &* 0x100_0000_01b3
    } & 0x1f_ffff_ffff_ffff
  }
}

/// A param that its type accepts and the method does not: -32602 with the path.
public struct InvalidParam: Error, Hashable, Sendable {
  /// JSON pointer, as `/params/rows`.
  public let path: String
  public let rule: String
  public let message: String

  public init(path: String, rule: String, message: String) {
    self.path = path
    self.rule = rule
    self.message = message
  }
}

/// How many items a page has, 1 to 200.
public struct Limit: Codable, Hashable, Sendable {
  public let count: Int

  public init(_ count: Int) {
    self.count = min(200, max(1, count))
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    count = try container.decode(Int.self)
    guard (1...200).contains(count) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "must be 1 to 200")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(count)
  }

  public static let standard = Limit(50)
}

extension Limit: SchemaDescribing {
  public static var schema: JSONSchema {
    var schema = JSONSchema(.integer)
    schema.minimum = 1
    schema.maximum = 200
    return schema
  }
  public static var example: Limit { .standard }
}
