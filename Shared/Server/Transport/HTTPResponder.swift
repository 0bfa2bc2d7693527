import HTTPTypes
import NIOCore

/// What a service serves over HTTP; given to `HTTPTransport`.
public protocol HTTPResponder: Sendable {
  /// Answers `POST /rpc`, after the refusals that need no JSON. `body` is complete.
  func respond(to body: [UInt8], from caller: Caller) async -> RPCAnswer

  /// Further routes, matched by path and method.
  var routes: [HTTPRoute] { get }

  /// The complete JSON of `GET /`.
  var welcome: [UInt8] { get }

  /// The complete JSON of `GET /openrpc.json`.
  var contract: [UInt8] { get }

  /// A JSON-RPC error body with the id null for a refusal of the transport.
  func refusal(_ refusal: Refusal, requestID: String) -> [UInt8]
}

/// Who sent a request, and what travels with it.
public final class Caller: Sendable {
  /// The principal of a verified token, nil without a token.
  public let principal: Principal?
  /// Address that counts against the rate limit: an IPv6 address by its network of 64 bits.
  public let address: String
  /// Sent by the caller or made here; also in the answer's `X-Request-ID`.
  public let requestID: String
  /// W3C trace context, continued from `traceparent` or begun here.
  public let trace: TraceContext
  /// The header `Idempotency-Key`, unchecked.
  public let idempotencyKey: String?
  /// The certificate the client has shown; nil without one.
  public let clientCertificate: ClientCertificate?
  /// Whether the caller is still there.
  let presence: Presence
  /// The rate limit of this caller.
  public let limiter: CallerLimiter

  public convenience init(
    principal: Principal?, address: String, requestID: String, trace: TraceContext, idempotencyKey: String?,
    clientCertificate: ClientCertificate? = nil, limiter: CallerLimiter
  ) {
    self.init(
      principal: principal, address: address, requestID: requestID, trace: trace, idempotencyKey: idempotencyKey,
      clientCertificate: clientCertificate, presence: Presence(), limiter: limiter)
  }

  init(
    principal: Principal?, address: String, requestID: String, trace: TraceContext, idempotencyKey: String?,
    clientCertificate: ClientCertificate?, presence: Presence, limiter: CallerLimiter
  ) {
    self.principal = principal
    self.address = address
    self.requestID = requestID
    self.trace = trace
    self.idempotencyKey = idempotencyKey
    self.clientCertificate = clientCertificate
    self.presence = presence
    self.limiter = limiter
  }

  /// The same caller with the principal of a key that came in the request's body.
  public func identified(as principal: Principal?) -> Caller {
    Caller(
      principal: principal, address: address, requestID: requestID, trace: trace, idempotencyKey: idempotencyKey,
      clientCertificate: clientCertificate, presence: presence, limiter: limiter)
  }
}

/// What a responder makes of a JSON-RPC body.
public enum RPCAnswer: Sendable {
  /// 200 with this body; `replayed` when it is the stored answer of an idempotency key.
  case body([UInt8], replayed: Bool)
  /// 204: there were only notifications.
  case nothing
  /// A refusal that could only be told after parsing.
  case refused(Refusal)
}

/// A route beside JSON-RPC.
///
/// Its callers bring a write key rather than a token, so without a token it counts by address against the rate of the
/// role `site`.
public struct HTTPRoute: Sendable {
  /// What becomes of a request.
  public enum Handling: Sendable {
    /// The body is read whole first.
    case whole(@Sendable (RouteRequest) async -> RouteAnswer)
    /// The body is taken as it comes, and the answer may be told in parts.
    case streamed(@Sendable (StreamedRequest) async throws(Refusal) -> RouteAnswer)
  }

  public var method: HTTPRequest.Method
  /// One segment may be `{name}`, which stands for any.
  public var path: String
  /// Larger bodies are refused with 413.
  public var maximumBytes: Int
  /// Media types the route reads, beside which a charset may only be UTF-8.
  public var accept: [String]
  /// Whether pages of any origin may call it, without credentials.
  public var anyOrigin: Bool
  /// Who may call it, asked before the body is read; nil admits everybody.
  public var admit: (@Sendable (Caller) -> Refusal?)?
  public var handling: Handling

  public init(
    method: HTTPRequest.Method, path: String, maximumBytes: Int, accept: [String] = ["application/json"],
    anyOrigin: Bool = false, handle: @escaping @Sendable (RouteRequest) async -> RouteAnswer
  ) {
    self.method = method
    self.path = path
    self.maximumBytes = maximumBytes
    self.accept = accept
    self.anyOrigin = anyOrigin
    handling = .whole(handle)
  }

  /// A route whose body is taken as it comes.
  public init(
    method: HTTPRequest.Method, path: String, maximumBytes: Int = 0, admit: @escaping @Sendable (Caller) -> Refusal?,
    stream: @escaping @Sendable (StreamedRequest) async throws(Refusal) -> RouteAnswer
  ) {
    self.method = method
    self.path = path
    self.maximumBytes = maximumBytes
    self.admit = admit
    accept = []
    anyOrigin = false
    handling = .streamed(stream)
  }
}

/// A request to an `HTTPRoute` whose body is on its way.
public struct StreamedRequest: Sendable {
  public let headers: HTTPFields
  /// What follows the question mark, as it came.
  public let query: String?
  public let caller: Caller
  /// What stands in the path where the route has a name.
  public let name: String
  /// What the body is said to be long.
  public let declaredBytes: Int?
  /// Nil where there is none.
  let body: IncomingBody?
  let maximumBytes: Int

  /// The first header of this name, nil when there is none.
  public func header(_ name: String) -> String? {
    HTTPField.Name(name).flatMap { headers[$0] }
  }

  /// Calls the closure with each part of the body; what it throws ends the reading.
  ///
  /// - Throws: the refusal for a body that is too large, too slow, or ends before its end.
  public func forEachPart(_ take: ([UInt8]) async throws(Refusal) -> Void) async throws(Refusal) {
    var count = 0
    do {
      try await body?.forEachPart { part in
        count += part.readableBytes
        guard count <= maximumBytes else { throw Refusal.tooLarge(maximumBytes: maximumBytes) }
        try await take(Array(part.readableBytesView))
      }
    } catch let refusal as Refusal {
      throw refusal
    } catch is BodyTooSlow {
      throw .tooSlow
    } catch {
      throw .malformed
    }
    guard declaredBytes == nil || declaredBytes == count else { throw .malformed }
  }
}

/// The body of an answer that is told in parts, each asked for when the one before has gone out.
public struct RouteStream: Sendable {
  public let byteCount: Int
  /// Some of the bytes that follow the first so many; whatever it throws cuts the answer off.
  public let part: @Sendable (_ start: Int) async throws -> [UInt8]

  public init(byteCount: Int, part: @escaping @Sendable (_ start: Int) async throws -> [UInt8]) {
    self.byteCount = byteCount
    self.part = part
  }
}

/// A request to an `HTTPRoute`, its body complete.
public struct RouteRequest: Sendable {
  public var body: [UInt8]
  public var headers: HTTPFields
  /// What follows the question mark, as it came.
  public var query: String?
  public var caller: Caller
  /// The user of Basic authentication: the write key of the collect routes.
  public var basicUser: String?

  /// The first header of this name, nil when there is none.
  public func header(_ name: String) -> String? {
    HTTPField.Name(name).flatMap { headers[$0] }
  }
}

/// The answer of an `HTTPRoute`.
public struct RouteAnswer: Sendable {
  public var status: Int
  public var body: [UInt8]
  /// Takes the place of `body`.
  public var stream: RouteStream?
  public var contentType: String
  public var headers: [(name: String, value: String)]

  public init(
    status: Int, body: [UInt8], contentType: String = "application/json",
    headers: [(name: String, value: String)] = [], stream: RouteStream? = nil
  ) {
    self.status = status
    self.body = body
    self.stream = stream
    self.contentType = contentType
    self.headers = headers
  }
}
