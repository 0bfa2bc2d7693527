/// A node decodes as itself, for what has to be read by itself later: each row of a bulk call, say.
extension JSONNode: Decodable {
  public init(from decoder: any Decoder) throws {
    guard let decoder = decoder as? NodeDecoder else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "only JSON can be kept as a node"))
    }
    self = decoder.node()
  }
}
