/// A JSON value kept as the text it came as, so that it is never decoded and encoded again on its way between the
/// wire and the database.
///
/// Its text is well-formed JSON by construction: it comes from the strict parser, the encoder or the database.
public struct RawJSON: Hashable, Sendable {
  /// The text, UTF-8.
  public let utf8: [UInt8]

  public init(wellFormed utf8: [UInt8]) {
    self.utf8 = utf8
  }

  public init(wellFormed text: String) {
    self.utf8 = Array(text.utf8)
  }

  public static let null = RawJSON(wellFormed: "null")
  public static let emptyObject = RawJSON(wellFormed: "{}")

  public var text: String { String(decoding: utf8, as: UTF8.self) }
  public var isNull: Bool { self == .null }
}

/// A decoder that can hand out the text of the value it stands at.
public protocol RawJSONDecoder: Decoder {
  func rawJSON() throws -> RawJSON
}

/// An encoder that can take a value's text as it is.
public protocol RawJSONEncoder: Encoder {
  func encode(rawJSON: RawJSON) throws
}

extension RawJSON: Codable {
  public init(from decoder: any Decoder) throws {
    guard let decoder = decoder as? any RawJSONDecoder else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "only JSON can be kept as text"))
    }
    self = try decoder.rawJSON()
  }

  public func encode(to encoder: any Encoder) throws {
    guard let encoder = encoder as? any RawJSONEncoder else {
      throw EncodingError.invalidValue(
        self, .init(codingPath: encoder.codingPath, debugDescription: "only JSON can take a value as text"))
    }
    try encoder.encode(rawJSON: self)
  }
}
