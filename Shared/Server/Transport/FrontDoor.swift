import FoundationEssentials
import HTTPTypes
import Logging
import NIOCore
import Synchronization

/// Takes each request through the refusals, in their order, to its answer.
///
/// The order is: not one request for all who read it 400, nothing at this path 404, preflight, wrong method 405, wrong type 415, foreign origin 403, not ready
/// 503, too many calls 429, bad token 401, too large 413, too slow 408.
struct FrontDoor: Sendable {
  enum Endpoint: Sendable {
    /// Shared by all who are answered with it, however slowly they take it.
    case document(ByteBuffer)
    case rpc
    case route(HTTPRoute)
  }

  /// Paths that begin and end so, with a name between.
  private struct NamedPath {
    let start: Substring
    let end: Substring
    var methods: [HTTPRequest.Method: Endpoint]

    init(_ path: String) {
      start = path.prefix { $0 != "{" }
      end = path.drop { $0 != "}" }.dropFirst()
      methods = [:]
    }

    /// Nil when the path is none of these.
    func name(in path: String) -> String? {
      guard path.hasPrefix(start), path.hasSuffix(end), path.utf8.count > start.utf8.count + end.utf8.count else {
        return nil
      }
      let name = path.dropFirst(start.count).dropLast(end.count)
      return name.contains("/") ? nil : String(name)
    }
  }

  struct Answer {
    var status: HTTPResponse.Status
    var body = ByteBuffer()
    /// Takes the place of `body`.
    var stream: RouteStream?
    var fields = HTTPFields()
  }

  private let settings: TransportSettings
  private let responder: any HTTPResponder
  private let verifier: TokenVerifier
  private let readiness: Readiness
  private let metrics: TransportMetrics
  private let logger: Logger
  private let limiter = RateLimiter()
  private let addresses: CallerAddresses
  private let endpoints: [String: [HTTPRequest.Method: Endpoint]]
  private let namedPaths: [NamedPath]
  private let callsInFlight = Occupancy()
  private let date = HTTPDate()

  private final class Occupancy: Sendable {
    let count = Atomic<Int>(0)
  }

  init(
    settings: TransportSettings, responder: any HTTPResponder, verifier: TokenVerifier, readiness: Readiness,
    metrics: TransportMetrics, logger: Logger
  ) {
    self.settings = settings
    self.responder = responder
    self.verifier = verifier
    self.readiness = readiness
    self.metrics = metrics
    self.logger = logger
    addresses = CallerAddresses(trustedProxies: settings.trustedProxies.compactMap(AddressNetwork.init))
    var endpoints: [String: [HTTPRequest.Method: Endpoint]] = [
      "/rpc": [.post: .rpc], "/": [.get: .document(ByteBuffer(bytes: responder.welcome))],
      "/openrpc.json": [.get: .document(ByteBuffer(bytes: responder.contract))],
    ]
    var namedPaths: [String: NamedPath] = [:]
    for route in responder.routes {
      if route.path.contains("{") {
        namedPaths[route.path, default: NamedPath(route.path)].methods[route.method] = .route(route)
      } else {
        endpoints[route.path, default: [:]][route.method] = .route(route)
      }
    }
    self.endpoints = endpoints
    self.namedPaths = Array(namedPaths.values)
  }

  /// Answers one request.
  func serve(_ request: HTTPRequest, _ content: IncomingBody, _ connection: Connection) async -> Reply {
    let exchange = Exchange(request, connection)
    var answer: Answer
    var hasReadBody = false
    do throws(Refusal) {
      let endpoint = try match(exchange)
      switch endpoint {
      case .document(let body): answer = Answer(status: .ok, body: body)
      case nil: answer = preflight(exchange)
      case .rpc?, .route?:
        try enter()
        defer { leave() }
        let caller = try await identify(exchange, at: endpoint)
        if case .route(let route) = endpoint, let refusal = route.admit?(caller) { throw refusal }
        let limit = bodyLimit(of: endpoint, caller)
        if let declared = exchange.declaredBytes, declared > limit { throw .tooLarge(maximumBytes: limit) }
        if exchange.awaitsContinue { content.invite() }
        hasReadBody = true
        if case .route(let route) = endpoint, case .streamed(let handle) = route.handling {
          answer = try await withTaskExecutorPreference(globalConcurrentExecutor) { () async throws(Refusal) in
            try await stream(content, of: exchange, from: caller, at: route, to: handle)
          }
          break
        }
        let body = try await read(content, declared: exchange.declaredBytes, limit: limit)
        answer =
          body.count <= Self.longBody
          ? try await respond(to: body, of: exchange, from: caller, at: endpoint)
          : try await withTaskExecutorPreference(globalConcurrentExecutor) { () async throws(Refusal) in
            try await respond(to: body, of: exchange, from: caller, at: endpoint)
          }
      }
    } catch {
      answer = refusal(error, exchange)
      // A short body is sooner read than a connection made anew.
      if !hasReadBody, !exchange.awaitsContinue,
        (1...settings.limits.anonymousBodyBytes).contains(exchange.declaredBytes ?? 0)
      {
        try? await content.forEach { _ in }
      }
    }
    finish(&answer, exchange)
    metrics.answered(status: answer.status.code)
    return Reply(
      head: HTTPResponse(status: answer.status, headerFields: answer.fields), body: answer.body, stream: answer.stream)
  }

  /// 400, 404, preflight (nil), 405, 415, 403.
  private func match(_ exchange: Exchange) throws(Refusal) -> Endpoint? {
    guard !exchange.isAmbiguous else { throw .malformed }
    guard let methods = methods(at: exchange.path) else { throw .notFound }
    if exchange.method == .options {
      if let origin = exchange.origin, allowedOrigin(origin, at: exchange.path) == nil { throw .originNotAllowed }
      return nil
    }
    guard let endpoint = methods[exchange.method] else {
      throw .methodNotAllowed(allow: allow(at: exchange.path))
    }
    switch endpoint {
    case .document: break
    case .rpc:
      guard exchange.contentType.isJSON else { throw .unsupportedType }
      guard exchange.isPlain else { throw .unsupportedCoding }
    case .route(let route):
      guard route.method != .post || exchange.contentType.isOne(of: route.accept) else { throw .unsupportedType }
      guard exchange.isPlain else { throw .unsupportedCoding }
    }
    if let origin = exchange.origin, allowedOrigin(origin, at: exchange.path) == nil { throw .originNotAllowed }
    return endpoint
  }

  private func methods(at path: String) -> [HTTPRequest.Method: Endpoint]? {
    endpoints[path] ?? namedPaths.first { $0.name(in: path) != nil }?.methods
  }

  /// 503, or the call counts as in flight.
  private func enter() throws(Refusal) {
    guard readiness.takesCalls else { throw .unavailable("The service is not ready.") }
    let (_, count) = callsInFlight.count.add(1, ordering: .relaxed)
    metrics.callsInFlight.set(Int64(count))
    guard count <= settings.limits.callsInFlight else {
      leave()
      throw .unavailable("The service has all the calls in hand that it takes.")
    }
  }

  private func leave() {
    let (_, count) = callsInFlight.count.subtract(1, ordering: .relaxed)
    metrics.callsInFlight.set(Int64(count))
  }

  /// 429 by address, 401.
  private func identify(_ exchange: Exchange, at endpoint: Endpoint?) async throws(Refusal) -> Caller {
    let address = addresses.key(of: exchange.connection, forwardedFor: exchange.forwardedFor)
    var isRoute = false
    if case .route = endpoint { isRoute = true }
    var principal: Principal?
    var callerLimiter: CallerLimiter
    switch exchange.credentials {
    case .bearer(let token):
      let verified: Principal
      do throws(Refusal) {
        verified = try await verify(token, requestID: exchange.requestID)
      } catch {
        // Whoever tries tokens is held to the rate of those who have none.
        if let rate = settings.rateLimits.anonymous,
          case .refused(let seconds) = limiter.take(1, from: "address|" + address, rate: rate)
        {
          throw .tooManyCalls(retryAfterSeconds: seconds)
        }
        throw error
      }
      principal = verified
      callerLimiter = CallerLimiter(
        limiter: limiter, key: verified.key, rate: settings.rateLimits.roles[verified.role], alreadyTaken: 0)
    case .none, .basic, .other:
      let rate = isRoute ? settings.rateLimits.roles[.site] : settings.rateLimits.anonymous
      let key = (isRoute ? "route|" : "address|") + address
      if let rate, case .refused(let seconds) = limiter.take(1, from: key, rate: rate) {
        throw .tooManyCalls(retryAfterSeconds: seconds)
      }
      callerLimiter = CallerLimiter(limiter: limiter, key: key, rate: rate, alreadyTaken: 1)
      switch exchange.credentials {
      case .other: throw .unauthenticated()
      case .basic where !isRoute: throw .unauthenticated()
      default: break
      }
    }
    return Caller(
      principal: principal, address: address, requestID: exchange.requestID, trace: exchange.trace,
      idempotencyKey: exchange.idempotencyKey,
      clientCertificate: exchange.connection.clientCertificate, presence: exchange.connection.presence,
      limiter: callerLimiter)
  }

  private func verify(_ token: String, requestID: String) async throws(Refusal) -> Principal {
    do {
      return try await verifier.verify(token, now: WallClock.now())
    } catch {
      let reason = (error as? TokenRefused)?.reason ?? "\(error)"
      logger.info("A token was refused.", metadata: ["reason": "\(reason)", "request_id": "\(requestID)"])
      throw .unauthenticated()
    }
  }

  private func bodyLimit(of endpoint: Endpoint?, _ caller: Caller) -> Int {
    if case .route(let route) = endpoint { return route.maximumBytes }
    return caller.principal == nil ? settings.limits.anonymousBodyBytes : settings.limits.bodyBytes
  }

  /// The whole body; 413, 408, or 400 when it ends before its end.
  private func read(_ body: IncomingBody, declared: Int?, limit: Int) async throws(Refusal) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(min(declared ?? 0, limit))
    do {
      try await body.forEach { part in
        guard bytes.count + part.readableBytes <= limit else { throw Refusal.tooLarge(maximumBytes: limit) }
        bytes.append(contentsOf: part.readableBytesView)
      }
    } catch let refusal as Refusal {
      throw refusal
    } catch is BodyTooSlow {
      throw .tooSlow
    } catch {
      throw .malformed
    }
    metrics.requestBytes.increment(by: Int64(bytes.count))
    guard declared == nil || declared == bytes.count else { throw .malformed }
    return bytes
  }

  private func respond(
    to body: [UInt8], of exchange: Exchange, from caller: Caller, at endpoint: Endpoint?
  ) async throws(Refusal) -> Answer {
    if case .route(let route) = endpoint, case .whole(let handle) = route.handling {
      let request = RouteRequest(
        body: body, headers: exchange.headers, query: exchange.query, caller: caller, basicUser: exchange.basicUser)
      return Answer(await handle(request))
    }
    switch await responder.respond(to: body, from: caller) {
    case .body(let body, let isReplayed):
      return Answer(
        status: .ok, body: ByteBuffer(bytes: body), fields: isReplayed ? [.idempotencyReplayed: "true"] : [:])
    case .nothing: return Answer(status: .noContent)
    case .refused(let refusal): throw refusal
    }
  }

  private func stream(
    _ content: IncomingBody, of exchange: Exchange, from caller: Caller, at route: HTTPRoute,
    to handle: @Sendable (StreamedRequest) async throws(Refusal) -> RouteAnswer
  ) async throws(Refusal) -> Answer {
    let request = StreamedRequest(
      headers: exchange.headers, query: exchange.query, caller: caller,
      name: namedPaths.lazy.compactMap { $0.name(in: exchange.path) }.first ?? "",
      declaredBytes: exchange.declaredBytes, body: content, maximumBytes: route.maximumBytes)
    let answer = Answer(try await handle(request))
    if let declared = exchange.declaredBytes { metrics.requestBytes.increment(by: Int64(declared)) }
    return answer
  }

  /// What is longer takes so long to read that the other connections of the loop should not wait for it.
  private static let longBody = 32 * 1024

  private func refusal(_ refusal: Refusal, _ exchange: Exchange) -> Answer {
    var answer = Answer(status: HTTPResponse.Status(code: refusal.status))
    answer.body = ByteBuffer(bytes: responder.refusal(refusal, requestID: exchange.requestID))
    if let seconds = refusal.retryAfterSeconds { answer.fields[.retryAfter] = "\(seconds)" }
    if let allow = refusal.allow { answer.fields[.allow] = allow }
    if refusal.status == 401 { answer.fields[.wwwAuthenticate] = "Bearer" }
    return answer
  }

  /// The headers that every answer has.
  private func finish(_ answer: inout Answer, _ exchange: Exchange) {
    if exchange.method == .head { answer.body.clear() }
    let count = answer.stream?.byteCount ?? answer.body.readableBytes
    func add(_ name: HTTPField.Name, _ value: String) { answer.fields.append(HTTPField(name: name, value: value)) }
    answer.fields.reserveCapacity(answer.fields.count + Self.commonFields.count + 4)
    // Looking a field up builds an index of them all, and most answers have none so far.
    if count > 0, answer.fields.isEmpty || answer.fields[.contentType] == nil { answer.fields.append(Self.jsonField) }
    if answer.status != .noContent { add(.contentLength, "\(count)") }
    add(.date, date.text(at: WallClock.now()))
    add(.xRequestID, exchange.requestID)
    answer.fields.append(contentsOf: Self.commonFields)
    if exchange.method == .options { add(.vary, "Access-Control-Request-Method, Access-Control-Request-Headers") }
    if let origin = exchange.origin, let allowed = allowedOrigin(origin, at: exchange.path) {
      answer.fields[.accessControlAllowOrigin] = allowed
      answer.fields[.accessControlExposeHeaders] = "Idempotency-Replayed, Retry-After, X-Request-ID"
    }
  }

  /// Made once: a field is checked when it is made.
  private static let jsonField = HTTPField(name: .contentType, value: "application/json")
  private static let commonFields = [
    HTTPField(name: .cacheControl, value: "no-store"), HTTPField(name: .xContentTypeOptions, value: "nosniff"),
    HTTPField(name: .vary, value: "Origin"),
  ]

  private func preflight(_ exchange: Exchange) -> Answer {
    var answer = Answer(status: .noContent)
    answer.fields[.allow] = allow(at: exchange.path)
    if exchange.origin != nil {
      answer.fields[.accessControlAllowMethods] = allow(at: exchange.path)
      answer.fields[.accessControlAllowHeaders] = Self.requestHeaders
      answer.fields[.accessControlMaxAge] = "600"
    }
    return answer
  }

  private static let requestHeaders = "Authorization, Content-Type, Idempotency-Key, Traceparent, X-Request-ID"

  private func allow(at path: String) -> String {
    let methods = (methods(at: path) ?? [:]).keys.map(\.rawValue).sorted()
    return (methods + ["OPTIONS"]).joined(separator: ", ")
  }

  /// The origin as it may be answered: itself, `*` on a route for everybody, nil when it is not allowed.
  private func allowedOrigin(_ origin: String, at path: String) -> String? {
    let isForAll = (methods(at: path) ?? [:]).values.contains { endpoint in
      if case .route(let route) = endpoint { route.anyOrigin } else { false }
    }
    if isForAll { return "*" }
    return settings.allowedOrigins.contains(origin) ? origin : nil
  }
}

extension FrontDoor.Answer {
  init(_ answer: RouteAnswer) {
    var fields = HTTPFields()
    for header in answer.headers { if let name = HTTPField.Name(header.name) { fields[name] = header.value } }
    if !answer.body.isEmpty || answer.stream != nil { fields[.contentType] = answer.contentType }
    self.init(
      status: HTTPResponse.Status(code: answer.status), body: ByteBuffer(bytes: answer.body), stream: answer.stream,
      fields: fields)
  }
}

extension HTTPField.Name {
  static let xRequestID = known("X-Request-ID")
  static let xForwardedFor = known("X-Forwarded-For")
  static let traceparent = known("Traceparent")
  static let idempotencyKey = known("Idempotency-Key")
  static let idempotencyReplayed = known("Idempotency-Replayed")

  /// A name written in this file, which is always well-formed.
  private static func known(_ name: String) -> HTTPField.Name {
    HTTPField.Name(name) ?? .xContentTypeOptions
  }
}
