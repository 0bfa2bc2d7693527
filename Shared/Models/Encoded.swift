/// A `Value` that is JSON already, as the database wrote it, and goes to the wire as it is.
public struct Encoded<Value: Codable & Sendable>: Codable, Sendable {
  public let json: RawJSON

  public init(_ json: RawJSON) {
    self.json = json
  }

  public init(from decoder: any Decoder) throws {
    json = try RawJSON(from: decoder)
  }

  public func encode(to encoder: any Encoder) throws {
    try json.encode(to: encoder)
  }
}
