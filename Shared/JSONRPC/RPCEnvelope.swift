import JSON
import Models

/// The id that a caller gave its call.
public enum RPCID: Hashable, Sendable {
  /// At most 64 characters.
  case string(String)
  /// Within ±2^53, so that every language keeps it.
  case integer(Int)
  case null

  /// Reads an id, nil when the value may not be one.
  init?(_ node: JSONNode) {
    if node.isNull {
      self = .null
    } else if let text = node.string, text.unicodeScalars.count <= 64 {
      self = .string(text)
    } else if let number = node.integer, number.magnitude <= 1 << 53 {
      self = .integer(number)
    } else {
      return nil
    }
  }
}

extension RPCID: Encodable {
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .string(let text): try container.encode(text)
    case .integer(let number): try container.encode(number)
    case .null: try container.encodeNil()
    }
  }
}

/// One call of an envelope.
public struct RPCRequest: Sendable {
  /// Nil for a notification, which is not answered.
  public let id: RPCID?
  /// The name of the method.
  public let method: String
  /// An object or an array.
  public let params: JSONNode?

  public init(id: RPCID?, method: String, params: JSONNode?) {
    self.id = id
    self.method = method
    self.params = params
  }

  init(_ node: JSONNode) throws(RPCRefusal) {
    let id = node["id"].map(RPCID.init)
    let refusal = RPCRefusal(id: (id ?? nil) ?? .null, error: .invalidRequest)
    let known = ["jsonrpc", "method", "params", "id"].count { node[$0] != nil }
    guard node.kind == .object, node.count == known, node["jsonrpc"]?.string == "2.0",
      let method = node["method"]?.string
    else { throw refusal }
    if case .some(.none) = id { throw refusal }
    let params = node["params"]
    if let params, params.kind != .object, params.kind != .array { throw refusal }
    self.init(id: id ?? nil, method: method, params: params)
  }
}

/// A body, or an element of a batch, that is no request.
public struct RPCRefusal: Error, Sendable {
  /// The id of the call where it could be read.
  public let id: RPCID
  /// Why it is refused.
  public let error: RPCError

  public init(id: RPCID, error: RPCError) {
    self.id = id
    self.error = error
  }
}

/// The body of a request: one call or a batch of them.
public enum RPCEnvelope: Sendable {
  case single(Result<RPCRequest, RPCRefusal>)
  case batch([Result<RPCRequest, RPCRefusal>])

  /// Calls in a batch.
  public static let maximumCalls = 50

  /// Reads a body. Refused as a whole are text that is not strict JSON, an empty batch and one of over 50 calls;
  /// elements that are no requests are refused one by one.
  public init(parsing body: [UInt8], limits: JSONLimits = .standard) throws(RPCRefusal) {
    let root: JSONNode
    do {
      root = try JSONDocument(parsing: body, limits: limits).root
    } catch {
      throw RPCRefusal(id: .null, error: .parseError)
    }
    guard root.kind == .array else {
      self = .single(Self.request(root))
      return
    }
    guard 1...Self.maximumCalls ~= root.count else { throw RPCRefusal(id: .null, error: .invalidRequest) }
    self = .batch(root.elements.map(Self.request))
  }

  /// The calls in their order.
  public var calls: [Result<RPCRequest, RPCRefusal>] {
    switch self {
    case .single(let call): [call]
    case .batch(let calls): calls
    }
  }

  private static func request(_ node: JSONNode) -> Result<RPCRequest, RPCRefusal> {
    Result { () throws(RPCRefusal) in try RPCRequest(node) }
  }
}

/// The body that answers a refusal.
public func respond(to refusal: RPCRefusal) -> [UInt8] {
  answer(.failure(refusal.error), to: refusal.id)
}

/// Performs the calls of an envelope, and gives the body that answers them in their order; nil when there is nothing
/// to answer, because all of them were notifications.
///
/// With `concurrently` the calls of a batch are performed side by side, otherwise one after the other.
public func respond(
  to envelope: RPCEnvelope, concurrently: Bool,
  perform: @escaping @Sendable (RPCRequest) async -> Result<[UInt8], RPCError>
) async -> [UInt8]? {
  @Sendable func answered(_ call: Result<RPCRequest, RPCRefusal>) async -> [UInt8]? {
    switch call {
    case .failure(let refusal): return respond(to: refusal)
    case .success(let request):
      let result = await perform(request)
      return request.id.map { answer(result, to: $0) }
    }
  }
  switch envelope {
  case .single(let call): return await answered(call)
  case .batch(let calls):
    var answers = [[UInt8]?](repeating: nil, count: calls.count)
    if concurrently {
      await withTaskGroup(of: (Int, [UInt8]?).self) { group in
        for (position, call) in calls.enumerated() {
          group.addTask { (position, await answered(call)) }
        }
        for await (position, answer) in group { answers[position] = answer }
      }
    } else {
      for (position, call) in calls.enumerated() { answers[position] = await answered(call) }
    }
    let given = answers.compactMap(\.self)
    guard !given.isEmpty else { return nil }
    return [UInt8(ascii: "[")] + given.joined(separator: [UInt8(ascii: ",")]) + [UInt8(ascii: "]")]
  }
}

private func answer(_ result: Result<[UInt8], RPCError>, to id: RPCID) -> [UInt8] {
  if case .success(let bytes) = result, case .integer(let number) = id {
    // What nearly all answers are, written without an encoder.
    var answer: [UInt8] = []
    answer.reserveCapacity(bytes.count + 64)
    answer += #"{"jsonrpc":"2.0","result":"#.utf8
    answer += bytes
    answer += #","id":"#.utf8
    answer += String(number).utf8
    answer.append(UInt8(ascii: "}"))
    return answer
  }
  struct Answer: Encodable {
    let jsonrpc = "2.0"
    var result: RawJSON?
    var error: RPCError?
    let id: RPCID
  }
  let answer =
    switch result {
    case .success(let bytes): Answer(result: RawJSON(wellFormed: bytes), id: id)
    case .failure(let error): Answer(error: error, id: id)
    }
  // Nothing in an answer can fail to be written; if it did, this would be an answer without an id.
  let fallback = #"{"jsonrpc":"2.0","error":{"code":-32603,"message":"Internal error"},"id":null}"#
  return (try? encodeJSON(answer)) ?? Array(fallback.utf8)
}
