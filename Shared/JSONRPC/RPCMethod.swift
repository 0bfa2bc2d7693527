import JSON
import Models

/// A method of a service: its stored properties are the params, `run` is the behaviour.
public protocol RPCMethod<Context>: Codable, Sendable {
  /// What a call of the method can reach.
  associatedtype Context: Sendable
  associatedtype Output: Codable & Sendable

  /// The name on the wire: plural noun and verb, as `leads.capture`.
  static var name: String { get }

  func run(_ context: Context) async throws -> Output
}

/// A method, as a dispatcher holds it.
public struct RPCMethodEntry<Context: Sendable>: Sendable {
  /// The method itself.
  public let type: any RPCMethod<Context>.Type
  /// Its name on the wire.
  public let name: String

  public init<M: RPCMethod<Context>>(_ type: M.Type) {
    self.type = type
    name = type.name
  }

  /// Makes the method from the params of a call.
  ///
  /// Members that the method does not know throw `JSONUnknownMembers`, all other faults `DecodingError`, both with
  /// paths that begin at `/params`. The reserved member `_meta` is left out. Params by position throw unless
  /// `positional` allows them; they are the properties in the order of the schema.
  public func decode(_ params: JSONNode?, positional: Bool = false) throws -> any RPCMethod<Context> {
    try type.decoded(from: params, positional: positional)
  }

  /// Runs the method that `decode` made and gives its result as JSON.
  public func run(decoded method: any RPCMethod<Context>, in context: Context) async throws -> [UInt8] {
    try await method.encodedResult(context)
  }
}

extension RPCMethod {
  fileprivate static func decoded(from params: JSONNode?, positional: Bool) throws -> Self {
    let path = [JSONKey(stringValue: "params")]
    var node = try params ?? JSONDocument(parsing: "{}").root
    if node.kind == .array {
      guard positional else {
        throw DecodingError.typeMismatch(
          [String: Any].self, .init(codingPath: path, debugDescription: "must be an object: params are by name"))
      }
      node = try named(node)
    }
    return try node.decode(Self.self, rejectingUnknownMembers: true, reserved: "_meta", at: path)
  }

  /// The object whose members are these elements under the names of the properties.
  private static func named(_ elements: JSONNode) throws -> JSONNode {
    let names = try SchemaProbe.properties(of: Self.self)
    guard elements.count <= names.count else {
      throw JSONUnknownMembers(paths: (names.count..<elements.count).map { "/params/\($0)" })
    }
    let members = Dictionary(zip(names, elements.elements.map(\.raw))) { first, _ in first }
    return try JSONDocument(parsing: encodeJSON(members)).root
  }

  fileprivate func encodedResult(_ context: Context) async throws -> [UInt8] {
    try encodeJSON(await run(context))
  }
}

/// The methods of a service by their names.
public struct RPCDispatcher<Context: Sendable>: Sendable {
  private let entries: [String: RPCMethodEntry<Context>]

  /// Of two methods of one name the first counts; a house rule sees to it that there are none.
  public init(methods: [RPCMethodEntry<Context>]) {
    entries = Dictionary(methods.map { ($0.name, $0) }) { first, _ in first }
  }

  /// The method of that name, nil when there is none.
  public subscript(name: String) -> RPCMethodEntry<Context>? { entries[name] }

  /// Answers a body, nil when there is nothing to answer.
  public func respond(
    to body: [UInt8], context: Context, positional: Bool = false, concurrently: Bool = false
  ) async -> [UInt8]? {
    do throws(RPCRefusal) {
      let envelope = try RPCEnvelope(parsing: body)
      return await JSONRPC.respond(to: envelope, concurrently: concurrently) { request in
        await perform(request, context: context, positional: positional)
      }
    } catch {
      return JSONRPC.respond(to: error)
    }
  }

  /// Performs one call. What is not an `RPCError` is answered as an internal error without its text.
  public func perform(_ request: RPCRequest, context: Context, positional: Bool = false) async
    -> Result<[UInt8], RPCError>
  {
    guard let entry = self[request.method] else { return .failure(.methodNotFound) }
    do {
      let method = try entry.decode(request.params, positional: positional)
      do {
        return .success(try await entry.run(decoded: method, in: context))
      } catch {
        return .failure(error as? RPCError ?? .internalError)
      }
    } catch {
      return .failure(invalidParams(from: error) ?? error as? RPCError ?? .internalError)
    }
  }
}
