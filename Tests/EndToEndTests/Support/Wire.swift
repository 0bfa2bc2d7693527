import AsyncHTTPClient
import Foundation
import JSON
import NIOCore
import NIOSSL

/// What a service answered.
struct WireAnswer: Sendable {
  var status: Int
  var headers: [String: String]
  var body: String
  var version: String

  /// The body as JSON.
  var json: JSONNode {
    get throws { try JSONDocument(parsing: body).root }
  }

  var code: Int? { try? json["error"]?["code"]?.integer }
  var type: String? { try? json["error"]?["data"]?["type"]?.string }
  var result: JSONNode? { try? json["result"] }
}

/// Speaks to the services over TLS that trusts the suite's authority alone.
struct Wire: Sendable {
  let suite: Suite
  let client: HTTPClient
  /// Where the service believes the caller to be, so that the limit of one address does not meet every test.
  let address: String

  /// Runs the body with the shared suite and a client of its own.
  static func with(
    http2: Bool = false, suite: Suite? = nil, _ body: (Wire) async throws -> Void
  ) async throws {
    let suite = if let suite { suite } else { try await Suite.shared() }
    var security = TLSConfiguration.makeClientConfiguration()
    security.trustRoots = .file("\(suite.folder)/ca.pem")
    var configuration = HTTPClient.Configuration(tlsConfiguration: security)
    configuration.httpVersion = http2 ? .automatic : .http1Only
    let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    let number = { UInt8.random(in: 1...250) }
    let address = "10.\(number()).\(number()).\(number())"
    do {
      try await body(Wire(suite: suite, client: client, address: address))
      try await client.shutdown()
    } catch {
      try await client.shutdown()
      throw error
    }
  }

  func send(
    _ method: String = "POST", _ path: String = "/rpc", to service: ServiceName = .channelIntegration,
    token: String? = nil, headers: [(String, String)] = [], type: String? = "application/json", body: Body = .none
  ) async throws -> WireAnswer {
    var request = HTTPClientRequest(url: "https://localhost:\(suite.port(service))\(path)")
    request.method = .init(rawValue: method)
    request.headers.add(name: "X-Forwarded-For", value: address)
    if let type { request.headers.add(name: "Content-Type", value: type) }
    if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
    for (name, value) in headers { request.headers.add(name: name, value: value) }
    switch body {
    case .none: break
    case .text(let text): request.body = .bytes(ByteBuffer(string: text))
    case .chunks(let chunk, let count):
      let bytes = ByteBuffer(string: chunk)
      request.body = .stream((0..<count).map { _ in bytes }.async, length: .unknown)
    }
    let response = try await client.execute(request, timeout: .seconds(20))
    let bytes = try await response.body.collect(upTo: 16 << 20)
    let fields = response.headers.map { ($0.name.lowercased(), $0.value) }
    return WireAnswer(
      status: Int(response.status.code), headers: Dictionary(fields) { "\($0), \($1)" }, body: String(buffer: bytes),
      version: "\(response.version)")
  }

  enum Body: Sendable {
    case none
    case text(String)
    /// As many times the text, of a length that is not told before.
    case chunks(String, count: Int)
  }

  /// Calls a method, as staff unless said otherwise.
  func call(
    _ method: String, _ params: String = "{}", of service: ServiceName = .channelIntegration, token: String? = nil,
    key: String? = nil
  ) async throws -> WireAnswer {
    let staff = try suite.text("tokens/staff.jwt")
    return try await send(
      to: service, token: token ?? staff, headers: key.map { [("Idempotency-Key", $0)] } ?? [],
      body: .text(#"{"jsonrpc":"2.0","id":1,"method":"\#(method)","params":\#(params)}"#))
  }

  /// Makes a customer with a profile of its own.
  func makeCustomer(_ externalId: String) async throws -> String {
    let answer = try await call("profiles.upsert", #"{"source":"shop","externalId":"\#(externalId)"}"#)
    guard let customer = answer.result?["customer"]?.string else {
      throw EndToEndFault("there is no customer: \(answer.body)")
    }
    return customer
  }

  /// Whether the service says it is ready.
  func isReady(_ service: ServiceName) async -> Bool {
    (try? await admin("/health/ready", of: service).status) == 200
  }

  func admin(_ path: String, of service: ServiceName = .channelIntegration) async throws -> WireAnswer {
    let request = HTTPClientRequest(url: "http://127.0.0.1:\(suite.adminPort(service))\(path)")
    let response = try await client.execute(request, timeout: .seconds(3))
    let body = String(buffer: try await response.body.collect(upTo: 4 << 20))
    return WireAnswer(
      status: Int(response.status.code), headers: ["content-type": response.headers.first(name: "Content-Type") ?? ""],
      body: body, version: "\(response.version)")
  }
}

extension Array where Element: Sendable {
  /// The elements one after another, for a body that is sent in parts.
  fileprivate var async: AsyncStream<Element> {
    AsyncStream { continuation in
      for element in self { continuation.yield(element) }
      continuation.finish()
    }
  }
}
