/// An expected refusal, told to the caller: what a call can answer instead of its result.
///
/// Declared once with its code of the wire's tables, its type and one stable sentence; `detail` says what this one is
/// about. Whatever else is thrown is an internal error, logged and never shown.
public struct Failure: Error, Hashable, Sendable {
  /// JSON-RPC error code: the suite's common codes are negative, a domain's own begin at 1000.
  public let code: Int
  /// What clients switch on.
  public let type: String
  /// One sentence, the same each time.
  public let message: String
  /// Whether the same call may succeed later.
  public let isRetryable: Bool
  /// What this occurrence is about.
  public var detail: String?

  public init(code: Int, type: String, message: String, isRetryable: Bool = false, detail: String? = nil) {
    self.code = code
    self.type = type
    self.message = message
    self.isRetryable = isRetryable
    self.detail = detail
  }

  /// The same failure, with what this occurrence is about.
  public func about(_ detail: String) -> Failure {
    var failure = self
    failure.detail = detail
    return failure
  }

  public static let notFound = Failure(
    code: -32004, type: "not_found", message: "What the call names does not exist.")
  public static let conflict = Failure(
    code: -32006, type: "conflict", message: "The call contradicts what is stored.")
  public static let wrongState = Failure(
    code: -32009, type: "wrong_state", message: "The thing is in a state that does not allow this.")
  public static let unavailable = Failure(
    code: -32010, type: "unavailable", message: "The service cannot answer now; the same call may succeed later.",
    isRetryable: true)
  public static let consentMissing = Failure(
    code: 1001, type: "consent_missing", message: "The customer has not agreed to this.")
  public static let erased = Failure(
    code: 1002, type: "erased", message: "The person was erased, and nothing more is taken of them.")
  public static let insufficientData = Failure(
    code: 5001, type: "insufficient_data", message: "There is too little data to answer without guessing.")
}
