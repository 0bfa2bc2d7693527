import JSON
import Models

/// Calls methods over any transport that takes a body and gives the body that answers it.
public struct RPCClient: Sendable {
  private let send: @Sendable ([UInt8]) async throws -> [UInt8]

  public init(send: @escaping @Sendable ([UInt8]) async throws -> [UInt8]) {
    self.send = send
  }

  /// Calls a method. Throws `RPCError` for an error that was answered, and whatever the transport throws.
  public func call<M: RPCMethod>(_ method: M, meta: RawJSON? = nil) async throws -> M.Output {
    let params = RawJSON(wellFormed: try encodeJSON(method))
    return try await answer(M.name, params: params, meta: meta).decode(M.Output.self)
  }

  /// Calls a method by its name, with params that are an object.
  public func call(_ name: String, params: RawJSON = .emptyObject, meta: RawJSON? = nil) async throws -> RawJSON {
    try await answer(name, params: params, meta: meta).raw
  }

  /// An answer that is none: not JSON, or neither result nor error.
  public struct UnreadableAnswer: Error, Sendable {
    /// What was answered.
    public let body: [UInt8]
  }

  private func answer(_ name: String, params: RawJSON, meta: RawJSON?) async throws -> JSONNode {
    struct Request: Encodable {
      let jsonrpc = "2.0"
      let method: String
      let params: RawJSON
      let id = 1
    }
    let params = try meta.map { try Self.params(params, meta: $0) } ?? params
    let body = try await send(encodeJSON(Request(method: name, params: params)))
    guard let root = try? JSONDocument(parsing: body).root else { throw UnreadableAnswer(body: body) }
    if let error = root["error"] {
      guard let error = try? error.decode(RPCError.self) else { throw UnreadableAnswer(body: body) }
      throw error
    }
    guard let result = root["result"], root["id"]?.integer == 1 else { throw UnreadableAnswer(body: body) }
    return result
  }

  /// The params with the reserved member in front.
  private static func params(_ params: RawJSON, meta: RawJSON) throws -> RawJSON {
    let root = try JSONDocument(parsing: params.utf8).root
    let members = [("_meta", meta)] + root.members.map { ($0.name, $0.value.raw) }
    return RawJSON(wellFormed: try encodeJSON(OrderedMembers(members)))
  }
}

/// An object whose members have names that are only known when it is made, in their order.
struct OrderedMembers: Encodable {
  let members: [(name: String, value: any Encodable)]

  init(_ members: [(String, any Encodable)]) {
    self.members = members
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: JSONKey.self)
    for (name, value) in members { try container.encode(value, forKey: JSONKey(stringValue: name)) }
  }
}
