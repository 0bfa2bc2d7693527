import JSONRPC
import Models
import Server

/// A probability, 0 to 1.
struct Probability: Codable, Hashable, Sendable {
  let value: Double

  init?(_ value: Double) {
    guard (0...1).contains(value) else { return nil }
    self.value = value
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let probability = Probability(try container.decode(Double.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "must be 0 to 1")
    }
    self = probability
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(value)
  }

  static let even = Probability(half: ())

  private init(half: Void) { value = 0.5 }
}

extension Probability: SchemaDescribing {
  static var schema: JSONSchema {
    var schema = JSONSchema(.number)
    schema.minimum = 0
    schema.maximum = 1
    return schema
  }
  static var example: Probability { .even }
}
