import AsyncHTTPClient
import Foundation
import Logging
import NIOCore
import NIOSSL
import ServiceLifecycle
import Synchronization

@testable import Server

/// Answers with what it was given, in JSON.
struct Echo: HTTPResponder {
  let routes: [HTTPRoute]
  let welcome = Array(#"{"service":"echo"}"#.utf8)
  let contract = Array(#"{"openrpc":"1.3.2"}"#.utf8)

  func respond(to body: [UInt8], from caller: Caller) async -> RPCAnswer {
    switch String(decoding: body.prefix(100), as: UTF8.self) {
    case "notify": return .nothing
    case "replay": return .body(Array("{}".utf8), replayed: true)
    case "batch":
      if case .refused(let seconds) = caller.limiter.take(30) {
        return .refused(.tooManyCalls(retryAfterSeconds: seconds))
      }
      return .body(Array("[]".utf8), replayed: false)
    case "slow", "slower":
      try? await Task.sleep(for: .seconds(body.count == 4 ? 1 : 3))
      return .body(Array(#"{"slow":true}"#.utf8), replayed: false)
    case "endless":
      try? await Deadlines().run(within: .seconds(3600), for: caller.presence) {
        try await Task.sleep(for: .seconds(3600))
      }
      return .nothing
    default:
      let answer =
        #"{"bytes":\#(body.count),"subject":"\#(caller.principal?.subject ?? "")","requestID":"\#(caller.requestID)","#
        + #""trace":"\#(caller.trace.traceID)","names":"\#(caller.clientCertificate?.names.joined(separator: " ") ?? "")"}"#
      return .body(Array(answer.utf8), replayed: false)
    }
  }

  func refusal(_ refusal: Refusal, requestID: String) -> [UInt8] {
    Array(#"{"id":null,"error":{"code":\#(refusal.code),"type":"\#(refusal.type)"}}"#.utf8)
  }

  static let track = HTTPRoute(
    method: .post, path: "/v1/track", maximumBytes: 1000, accept: ["application/json", "text/plain"], anyOrigin: true
  ) { request in
    RouteAnswer(
      status: 200, body: Array(#"{"success":true,"user":"\#(request.basicUser ?? "")"}"#.utf8),
      headers: [("X-Query", request.query ?? "")])
  }
}

extension Echo {
  /// Counts what it is sent, for whoever has a token.
  static let count = HTTPRoute(
    method: .put, path: "/count", maximumBytes: 8 << 20,
    admit: { $0.principal == nil ? .unauthenticated() : nil }
  ) { request async throws(Refusal) in
    var (bytes, parts, longest) = (0, 0, 0)
    try await request.forEachPart { part async throws(Refusal) in
      bytes += part.count
      parts += 1
      longest = max(longest, part.count)
    }
    return RouteAnswer(
      status: 201, body: Array(#"{"bytes":\#(bytes),"isInParts":\#(parts > 1 && longest < bytes)}"#.utf8))
  }

  /// Tells so many bytes as its name says, a kilobyte at a time; of `broken` less than it has announced.
  static let tell = HTTPRoute(method: .get, path: "/tell/{count}/bytes", admit: { _ in nil }) {
    request async throws(Refusal) in
    let isBroken = request.name == "broken"
    guard let count = isBroken ? 10_000 : Int(request.name) else { throw .missing("It is no number.") }
    return RouteAnswer(
      status: 200, body: [], contentType: "text/plain",
      stream: RouteStream(byteCount: count) { start in
        if isBroken, start > 5000 { throw Refusal.internalError }
        return [UInt8](repeating: UInt8(ascii: "x"), count: min(1000, count - start))
      })
  }
}

/// A transport that runs for one test.
struct TestServer: Sendable {
  let ports: HTTPTransport.Ports
  let readiness: Readiness
  let metrics: PrometheusMetrics
  let client: HTTPClient
  let authority: TestAuthority
  /// Authorities of its clients, where it asks for their certificates.
  let clientAuthorityPath: String
  let tokens: TestTokens
  let token: String
  let group: ServiceGroup

  func send(
    _ method: String = "POST", _ path: String = "/rpc", headers: [(String, String)] = [], body: String? = nil,
    type: String? = "application/json", authorized: Bool = false, client: HTTPClient? = nil
  ) async throws -> (status: Int, headers: [String: String], body: String, version: String) {
    var request = HTTPClientRequest(url: "https://127.0.0.1:\(ports.calls)\(path)")
    request.method = .init(rawValue: method)
    if let type { request.headers.add(name: "Content-Type", value: type) }
    if authorized { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
    for (name, value) in headers { request.headers.add(name: name, value: value) }
    if let body { request.body = .bytes(ByteBuffer(string: body)) }
    let response = try await (client ?? self.client).execute(request, timeout: .seconds(10))
    let bytes = try await response.body.collect(upTo: 16 << 20)
    let fields = response.headers.map { ($0.name.lowercased(), $0.value) }
    return (
      Int(response.status.code), Dictionary(fields) { "\($0), \($1)" }, String(buffer: bytes), "\(response.version)"
    )
  }

  func admin(_ path: String) async throws -> (status: Int, body: String) {
    let request = HTTPClientRequest(url: "http://127.0.0.1:\(ports.admin)\(path)")
    let response = try await client.execute(request, timeout: .seconds(2))
    return (Int(response.status.code), String(buffer: try await response.body.collect(upTo: 1 << 20)))
  }
}

/// Runs a transport with a certificate and keys of its own for as long as the test uses it.
func withServer(
  limits: TransportLimits = TransportLimits(), rateLimits: RateLimits = RateLimits(), origins: Set<String> = [],
  checks: [(name: String, check: Readiness.Check)] = [], drainSeconds: Double = 0,
  mutualTLS: ClientCertificateRule? = nil, http2: Bool = false, isReady: Bool = true,
  _ test: @escaping @Sendable (TestServer) async throws -> Void
) async throws {
  let authority = try TestAuthority()
  defer { authority.remove() }
  try authority.issue(names: [.uniformResourceIdentifier("spiffe://ecrm/test")])
  let tokens = try TestTokens(keysPath: authority.keysPath)
  let clientAuthorityPath = authority.folder.appending(path: "clients.pem").path
  try FileManager.default.copyItem(atPath: authority.authorityPath, toPath: clientAuthorityPath)
  var settings = TransportSettings(
    service: "echo", version: "1.0", host: "127.0.0.1", port: 0, adminHost: "127.0.0.1", adminPort: 0,
    certificatePath: authority.certificatePath, keyPath: authority.keyPath,
    clientAuthorityPath: mutualTLS.map { _ in clientAuthorityPath }, allowedOrigins: origins, limits: limits,
    rateLimits: rateLimits, drainSeconds: drainSeconds)
  settings.reloadSeconds = 0.1
  if let mutualTLS { settings.clientCertificates = mutualTLS }
  let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
  let readiness = Readiness(checks: checks, timeoutSeconds: 0.5)
  let metrics = PrometheusMetrics()
  let listening = AsyncStream.makeStream(of: HTTPTransport.Ports.self)
  let transport = HTTPTransport(
    settings: settings, responder: Echo(routes: [Echo.track, Echo.count, Echo.tell]),
    verifier: TokenVerifier(keysPath: authority.keysPath, rules: TestTokens.rules, logger: logger),
    readiness: readiness, metrics: metrics, logger: logger
  ) { ports in
    listening.continuation.yield(ports)
    listening.continuation.finish()
  }
  let group = ServiceGroup(services: [transport], logger: logger)
  let running = Task {
    defer { listening.continuation.finish() }
    try await group.run()
  }
  guard let ports = await listening.stream.first(where: { _ in true }) else { return try await running.value }
  while isReady, !readiness.hasStarted { try await Task.sleep(for: .milliseconds(5)) }
  let client = try makeClient(authority, http2: http2, certifiedBy: mutualTLS == nil ? nil : authority)
  let server = TestServer(
    ports: ports, readiness: readiness, metrics: metrics, client: client, authority: authority,
    clientAuthorityPath: clientAuthorityPath, tokens: tokens, token: try await tokens.token(), group: group)
  let result: Result<Void, any Error>
  do {
    result = .success(try await test(server))
  } catch {
    result = .failure(error)
  }
  await group.triggerGracefulShutdown()
  try await client.shutdown()
  try await running.value
  try result.get()
}

func makeClient(
  _ authority: TestAuthority, http2: Bool = false, certifiedBy clients: TestAuthority? = nil,
  minimum: TLSVersion = .tlsv12, maximum: TLSVersion? = nil, suites: [NIOTLSCipher] = []
) throws -> HTTPClient {
  var security = TLSConfiguration.makeClientConfiguration()
  security.trustRoots = .file(authority.authorityPath)
  security.minimumTLSVersion = minimum
  security.maximumTLSVersion = maximum
  if !suites.isEmpty { security.cipherSuiteValues = suites }
  if let clients {
    security.certificateChain = try NIOSSLCertificate.fromPEMFile(clients.certificatePath).map { .certificate($0) }
    security.privateKey = .privateKey(try NIOSSLPrivateKey(file: clients.keyPath, format: .pem))
  }
  var configuration = HTTPClient.Configuration(tlsConfiguration: security)
  configuration.httpVersion = http2 ? .automatic : .http1Only
  configuration.connectionPool.retryConnectionEstablishment = false
  configuration.networkFrameworkWaitForConnectivity = false
  return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
}
