import JSON
import JSONRPC
import Models

/// The contract of a service: derived from its methods, their doc comments and the answers of their examples.
public struct ServiceContract: Sendable {
  /// A method's example as it is called.
  public struct ExampleCall: Sendable {
    /// The method's name on the wire.
    public let method: String
    /// An object by the names of the params.
    public let params: RawJSON
  }

  private let service: any SuiteService.Type
  private let data: ExampleData

  /// - Parameter data: what the examples are about.
  public init(_ service: any SuiteService.Type, examplesIn data: ExampleData) {
    self.service = service
    self.data = data
  }

  /// The examples of all methods, in the order of their names.
  public func exampleCalls() throws -> [ExampleCall] {
    try service.allMethods.map { try exampleCall($0) }
  }

  /// Writes the document; an example without an answer here is shown without a result.
  public func document(
    url: String, answers: [String: RawJSON], documentation: Documentation
  ) throws -> [UInt8] {
    try OpenRPCDocument.make(
      title: service.name, version: ServiceProcess.version, description: "\(service.summary)\n\n\(Self.manners)",
      servers: [OpenRPCDocument.Server(name: service.name, url: url)],
      methods: service.allMethods.map { method in
        let call = try exampleCall(method)
        let access = RawJSON(wellFormed: try encodeJSON(AccessDescription(method.access)))
        return OpenRPCMethodDescription(
          type: method, failures: method.contractFailures,
          examples: [.init(name: call.method, params: call.params, result: answers[call.method])],
          extensions: [("x-access", access)]
            + (method is any Profiling.Type ? [("x-purpose", RawJSON(wellFormed: "\"profiling\""))] : []))
      },
      documentation: documentation)
  }

  private func exampleCall(_ method: any Method.Type) throws -> ExampleCall {
    ExampleCall(method: method.name, params: RawJSON(wellFormed: try encodeJSON(method.example(in: data))))
  }

  /// What holds for every method.
  private static let manners = """
    Params are by name; a member that a method does not know is refused. The member `_meta` is reserved in the params \
    of every method: `_meta.idempotencyKey`, 1 to 255 printable ASCII characters, makes a write repeatable for 24 hours, \
    as the header `Idempotency-Key` does. `x-access` tells who may call a method: the scope that a token has to name, \
    the roles, and what a call does to the data; a method without a scope needs no token. `x-purpose` names the purpose \
    that a method serves: customers who refuse it are in none of its answers, and asked about one it answers \
    `consent_missing`.
    """
}

/// `x-access` of a method.
private struct AccessDescription: Encodable {
  /// What a token's scope has to name; absent where no token is needed.
  var scope: String?
  var roles: [Role]
  var effect: String

  init(_ access: Access) {
    scope = access.isOpen ? nil : access.scope
    roles = access.isOpen ? [] : Role.allCases.filter(access.roles.contains)
    effect = access.effect.rawValue
  }
}

extension Method {
  /// Its own refusals and those that every method of its kind may answer, one for each code.
  fileprivate static var contractFailures: [OpenRPCMethodDescription.Failure] {
    var all = ownFailures
    if !access.isOpen { all += [.unauthenticated, .forbidden] }
    if access.effect == .write { all.append(.conflict) }
    let isRepeatable = access.effect == .write && !(Self.self is any Secretive.Type)
    if isRepeatable { all += [.idempotencyMismatch, .inProgress] }
    all += [.unavailable, .deadlineExceeded]
    var described = [RPCError.invalidParams, .internalError].map { error in
      OpenRPCMethodDescription.Failure(code: error.code, message: error.message, type: error.code.typeName)
    }
    let limit = Refusal.tooManyCalls(retryAfterSeconds: 1)
    described.append(.init(code: .limitExceeded, message: limit.detail, type: limit.type))
    described += all.map { .init(code: RPCErrorCode(rawValue: $0.code), message: $0.message, type: $0.type) }
    var codes: Set<RPCErrorCode> = []
    return described.filter { codes.insert($0.code).inserted }.sorted { $0.code.rawValue < $1.code.rawValue }
  }
}
