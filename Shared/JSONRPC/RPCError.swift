import JSON
import Models

/// What kind of failure an error is.
///
/// Below -32000 the codes of JSON-RPC and of the suite's transport; from 1000 on those of a service's domain.
public struct RPCErrorCode: RawRepresentable, Hashable, Sendable, Codable {
  /// The number on the wire.
  public let rawValue: Int

  public init(rawValue: Int) {
    self.rawValue = rawValue
  }

  /// The body is not strict JSON.
  public static let parseError = RPCErrorCode(rawValue: -32700)
  /// The body is no request.
  public static let invalidRequest = RPCErrorCode(rawValue: -32600)
  /// The service has no such method.
  public static let methodNotFound = RPCErrorCode(rawValue: -32601)
  /// The params do not fit the method.
  public static let invalidParams = RPCErrorCode(rawValue: -32602)
  /// The service failed; nothing more is told.
  public static let internalError = RPCErrorCode(rawValue: -32603)
  /// The caller has no valid token.
  public static let unauthenticated = RPCErrorCode(rawValue: -32001)
  /// The caller may not do this.
  public static let forbidden = RPCErrorCode(rawValue: -32003)
  /// What the call names does not exist, or is not for the caller to see.
  public static let notFound = RPCErrorCode(rawValue: -32004)
  /// Too large, too slow or too often.
  public static let limitExceeded = RPCErrorCode(rawValue: -32005)
  /// The call contradicts what is stored.
  public static let conflict = RPCErrorCode(rawValue: -32006)
  /// The idempotency key was used for another call.
  public static let idempotencyMismatch = RPCErrorCode(rawValue: -32007)
  /// A call with this idempotency key is still running.
  public static let inProgress = RPCErrorCode(rawValue: -32008)
  /// The thing is in a state that does not allow this.
  public static let wrongState = RPCErrorCode(rawValue: -32009)
  /// The service cannot answer now; the same call may succeed later.
  public static let unavailable = RPCErrorCode(rawValue: -32010)
  /// The call took longer than it may.
  public static let deadlineExceeded = RPCErrorCode(rawValue: -32011)
}

/// An error as it is answered to a caller.
public struct RPCError: Error, Hashable, Sendable, Codable {
  /// What kind of failure it is.
  public var code: RPCErrorCode
  /// One stable sentence; clients switch on the code or on the data.
  public var message: String
  /// What else is told.
  public var data: RawJSON?

  public init(code: RPCErrorCode, message: String, data: RawJSON? = nil) {
    self.code = code
    self.message = message
    self.data = data
  }

  /// The specification's error for a body that is not JSON.
  public static let parseError = RPCError(code: .parseError, message: "Parse error")
  /// The specification's error for JSON that is no request.
  public static let invalidRequest = RPCError(code: .invalidRequest, message: "Invalid Request")
  /// The specification's error for an unknown method.
  public static let methodNotFound = RPCError(code: .methodNotFound, message: "Method not found")
  /// The specification's error for params that do not fit.
  public static let invalidParams = RPCError(code: .invalidParams, message: "Invalid params")
  /// The specification's error for a failure of the service.
  public static let internalError = RPCError(code: .internalError, message: "Internal error")
}

/// One thing that is wrong with the params of a call.
public struct RPCParamFault: Hashable, Sendable, Codable {
  /// JSON pointer from the request on, as `/params/email`.
  public var path: String
  /// `required`, `type`, `format`, `enum` or `unknown`.
  public var rule: String
  /// What is expected, as `must be a string`.
  public var message: String

  public init(path: String, rule: String, message: String) {
    self.path = path
    self.rule = rule
    self.message = message
  }
}

/// The faults that a failed decoding of params tells of, nil when the error is of another kind.
public func paramFaults(from error: any Error) -> [RPCParamFault]? {
  if let error = error as? JSONUnknownMembers {
    return error.paths.map { RPCParamFault(path: $0, rule: "unknown", message: "is not known") }
  }
  guard let error = error as? DecodingError else { return nil }
  let fault =
    switch error {
    case .keyNotFound(let key, let context):
      RPCParamFault(path: jsonPointer(context.codingPath + [key]), rule: "required", message: "is required")
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      RPCParamFault(path: jsonPointer(context.codingPath), rule: "type", message: context.debugDescription)
    // The standard library's own sentence for enumerations names the Swift type.
    case .dataCorrupted(let context) where context.debugDescription.hasPrefix("Cannot initialize"):
      RPCParamFault(path: jsonPointer(context.codingPath), rule: "enum", message: "is none of the values allowed")
    case .dataCorrupted(let context):
      RPCParamFault(path: jsonPointer(context.codingPath), rule: "format", message: context.debugDescription)
    @unknown default:
      RPCParamFault(path: "/params", rule: "format", message: "cannot be read")
    }
  return [fault]
}

/// The answer to params that could not be decoded, with `data.errors`; nil when the error is of another kind.
public func invalidParams(from error: any Error) -> RPCError? {
  guard let faults = paramFaults(from: error) else { return nil }
  var answer = RPCError.invalidParams
  answer.data = (try? encodeJSON(["errors": faults])).map(RawJSON.init(wellFormed:))
  return answer
}
