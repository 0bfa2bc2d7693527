/// An answer the transport gives instead of a call's: a status of HTTP and the JSON-RPC error that goes with it.
public struct Refusal: Error, Hashable, Sendable {
  /// Status of HTTP.
  public var status: Int
  /// JSON-RPC error code.
  public var code: Int
  /// The error's `data.type`.
  public var type: String
  /// One sentence for whoever reads the answer; it never tells what went on inside.
  public var detail: String
  /// Seconds after which the caller may try again, sent as `Retry-After`.
  public var retryAfterSeconds: Int?
  /// Methods the path does have, sent as `Allow`.
  public var allow: String?

  public init(
    status: Int, code: Int, type: String, detail: String, retryAfterSeconds: Int? = nil, allow: String? = nil
  ) {
    self.status = status
    self.code = code
    self.type = type
    self.detail = detail
    self.retryAfterSeconds = retryAfterSeconds
    self.allow = allow
  }
}

extension Refusal {
  /// 404: the service has nothing at this path.
  public static let notFound = invalid(404, "There is nothing at this path.")

  /// 405: the path is there, but not for this method.
  public static func methodNotAllowed(allow: String) -> Refusal {
    var refusal = invalid(405, "This path answers \(allow) only.")
    refusal.allow = allow
    return refusal
  }

  /// 415: the body is of no type the path reads.
  public static let unsupportedType = invalid(415, "The Content-Type must be application/json, in UTF-8.")

  /// 415: the body is compressed, which could make a small one large.
  public static let unsupportedCoding = invalid(415, "The body must come without a Content-Encoding.")

  /// 403: the page that sent the request comes from an origin that is not on the list.
  public static let originNotAllowed = invalid(403, "This origin may not call the service.")

  /// 400: the request is not what HTTP takes it for, or its body did not arrive as announced.
  public static let malformed = invalid(400, "The request is not well-formed HTTP.")

  /// 503: the service is not ready, is stopping, or has all the calls in hand that it takes.
  public static func unavailable(_ detail: String, retryAfterSeconds: Int = 1) -> Refusal {
    Refusal(
      status: 503, code: -32010, type: "unavailable", detail: detail, retryAfterSeconds: retryAfterSeconds)
  }

  /// 429: more calls than the caller's rate allows.
  public static func tooManyCalls(retryAfterSeconds: Int) -> Refusal {
    Refusal(
      status: 429, code: -32005, type: "limit_exceeded", detail: "More calls than the rate limit allows.",
      retryAfterSeconds: retryAfterSeconds)
  }

  /// 401: no token where one is needed, or one that does not hold.
  public static func unauthenticated(_ detail: String = "A valid bearer token is needed.") -> Refusal {
    Refusal(status: 401, code: -32001, type: "unauthenticated", detail: detail)
  }

  /// 413: the body is larger than the path takes from this caller.
  public static func tooLarge(maximumBytes: Int) -> Refusal {
    Refusal(
      status: 413, code: -32005, type: "limit_exceeded",
      detail: "The body is larger than the \(maximumBytes) bytes that are taken here.")
  }

  /// 408: the body came too slowly.
  public static let tooSlow = Refusal(
    status: 408, code: -32005, type: "limit_exceeded", detail: "The body came too slowly.")

  /// 403: the token's scopes, or the client's certificate, do not reach that far.
  public static func forbidden(_ detail: String) -> Refusal {
    Refusal(status: 403, code: -32003, type: "forbidden", detail: detail)
  }

  /// 404: the route is there, what it is asked for is not.
  public static func missing(_ detail: String) -> Refusal {
    Refusal(status: 404, code: -32004, type: "not_found", detail: detail)
  }

  /// 500: the log says more.
  public static let internalError = Refusal(
    status: 500, code: -32603, type: "internal_error", detail: "Something went wrong inside; the log says what.")

  private static func invalid(_ status: Int, _ detail: String) -> Refusal {
    Refusal(status: status, code: -32600, type: "invalid_request", detail: detail)
  }
}
