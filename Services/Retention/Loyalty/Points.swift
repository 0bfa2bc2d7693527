import JSONRPC
import Server

/// A number of points of the loyalty programme, 1 to 1,000,000,000.
struct Points: Codable, Hashable, Sendable {
  let count: Int

  private static let range = 1...1_000_000_000

  init?(_ count: Int) {
    guard Self.range.contains(count) else { return nil }
    self.count = count
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let points = Points(try container.decode(Int.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "must be 1 to 1000000000")
    }
    self = points
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(count)
  }

  static let hundred = Points(ofExample: 100)

  private init(ofExample count: Int) { self.count = count }
}

extension Points: SchemaDescribing {
  static var schema: JSONSchema {
    var schema = JSONSchema(.integer)
    schema.minimum = range.lowerBound
    schema.maximum = range.upperBound
    return schema
  }
  static var example: Points { .hundred }
}
