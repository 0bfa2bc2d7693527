import JSON
import JSONRPC
import Models

/// What any method may answer because of how it was called.
enum RefusedCall: Error {
  case unauthenticated
  /// By the token, or by the client's certificate or the lack of one.
  case forbidden(reason: String)
  case idempotencyMismatch
  case inProgress
  case deadlineExceeded

  func answer(_ ticket: Ticket) -> RPCError {
    switch self {
    case .unauthenticated: RPCError(Failure.unauthenticated, ticket)
    case .forbidden(let reason): RPCError(Failure.forbidden.about(reason), ticket)
    case .idempotencyMismatch: RPCError(Failure.idempotencyMismatch, ticket)
    case .inProgress: RPCError(Failure.inProgress, ticket, retryAfterMilliseconds: 200)
    case .deadlineExceeded: RPCError(Failure.deadlineExceeded, ticket)
    }
  }
}

extension Failure {
  static let unauthenticated = Failure(
    code: -32001, type: "unauthenticated", message: "A valid bearer token is needed.")
  static let forbidden = Failure(code: -32003, type: "forbidden", message: "The caller may not do this.")
  static let idempotencyMismatch = Failure(
    code: -32007, type: "idempotency_mismatch", message: "The idempotency key was used for another call.")
  static let inProgress = Failure(
    code: -32008, type: "in_progress", message: "A call with this idempotency key is still running.",
    isRetryable: true)
  static let deadlineExceeded = Failure(
    code: -32011, type: "deadline_exceeded", message: "The call took longer than it may.", isRetryable: true)

  /// What every method may answer without declaring it.
  static let common: Set<Int> = [Failure.unavailable.code]
}

/// `data` of every error on the wire.
struct ErrorData: Codable, Sendable {
  var type: String
  var detail: String
  var requestID: String
  var retryable: Bool
  var retryAfterMs: Int?
  var errors: [RPCParamFault]?
}

extension RPCError {
  init(_ failure: Failure, _ ticket: Ticket, retryAfterMilliseconds: Int? = nil) {
    let data = ErrorData(
      type: failure.type, detail: failure.detail ?? failure.message, requestID: ticket.requestID,
      retryable: failure.isRetryable, retryAfterMs: retryAfterMilliseconds)
    self.init(code: RPCErrorCode(rawValue: failure.code), message: failure.message, data: data.json)
  }

  /// The same error with the suite's `data`, and what is wrong with the params.
  func detailed(_ ticket: Ticket, faults: [RPCParamFault] = [], detail: String? = nil) -> RPCError {
    let told = faults.map { "\($0.path) \($0.message)" }.joined(separator: "; ")
    let data = ErrorData(
      type: code.typeName, detail: detail ?? (faults.isEmpty ? message : told), requestID: ticket.requestID,
      retryable: false, errors: faults.isEmpty ? nil : faults)
    return RPCError(code: code, message: message, data: data.json)
  }
}

extension ErrorData {
  var json: RawJSON? { (try? encodeJSON(self)).map { RawJSON(wellFormed: $0) } }
}

extension RPCErrorCode {
  /// What clients switch on, for the codes of the specification.
  var typeName: String {
    switch rawValue {
    case -32700: "parse_error"
    case -32600: "invalid_request"
    case -32601: "method_not_found"
    case -32602: "invalid_params"
    default: "internal_error"
    }
  }
}
