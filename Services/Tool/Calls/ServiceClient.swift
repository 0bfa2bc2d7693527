import AsyncHTTPClient
import Foundation
import JSON
import NIOCore
import NIOSSL

/// A refusal by a service, as its JSON-RPC error says it.
struct CallRefused: Error, CustomStringConvertible {
  /// The error object, as the service wrote it.
  let error: [UInt8]

  var description: String { String(decoding: error, as: UTF8.self) }
}

/// Calls the methods of one service over TLS, trusting this suite's authority alone and keeping its connections.
///
/// Many calls may be under way at once; each takes a connection of its own from those kept. End it with `close`.
final class ServiceClient: Sendable {
  let service: Service
  private let address: String
  private let token: String
  private let client: HTTPClient

  /// - Parameter token: The bearer's token; the state folder's for staff when there is none.
  init(
    _ service: Service, state: StateFolder = StateFolder(), ports: Ports? = nil, token: String? = nil
  ) throws {
    self.service = service
    self.address = "https://127.0.0.1:\(try (ports ?? state.recordedPorts()).rpc(service))/rpc"
    guard let token = try token ?? Files.text(state.staffToken), let authority = try Files.text(state.authority) else {
      throw Fault("There is no suite in \(state.path): run `ecrm up` first, or name the state folder with ECRM_HOME.")
    }
    self.token = token
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(authority.utf8)))
    // Services that ask for clients' certificates are shown the tool's own, if one was issued.
    if let chain = try Files.text(state.clientCertificate("ecrm")), let key = try Files.text(state.clientKey("ecrm")) {
      tls.certificateChain = try NIOSSLCertificate.fromPEMBytes(Array(chain.utf8)).map { .certificate($0) }
      tls.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem))
    }
    var configuration = HTTPClient.Configuration(
      tlsConfiguration: tls, timeout: .init(connect: .seconds(5), read: .seconds(60)))
    // Calls wait for one another in none of the ways that HTTP/2 multiplexes, so plain connections are quicker.
    configuration.httpVersion = .http1Only
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 16
    self.client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }

  /// Calls the method and returns the text of its result.
  ///
  /// Throws `CallRefused` when the service answers an error, a `Fault` when it does not answer.
  func call(_ method: String, params: String = "{}", idempotencyKey: String? = nil) async throws -> [UInt8] {
    try await call(method, params: Array(params.utf8), idempotencyKey: idempotencyKey)
  }

  func call(_ method: String, params: [UInt8], idempotencyKey: String? = nil) async throws -> [UInt8] {
    let envelope = #"{"jsonrpc":"2.0","id":1,"method":\#(try encodeJSONText(method)),"params":"#
    let (status, answer) = try await post(
      Array(envelope.utf8) + params + [UInt8(ascii: "}")], idempotencyKey: idempotencyKey)
    let members = try? JSONDocument(parsing: answer).root
    if let result = members?["result"] { return Array(result.rawBytes) }
    if let error = members?["error"] { throw CallRefused(error: Array(error.rawBytes)) }
    throw Fault(
      "\(service.rawValue) answered with HTTP status \(status) and no JSON-RPC answer: see its log with `ecrm status`.")
  }

  /// Sends the body as it is and returns the HTTP status and the body of the answer.
  func post(_ body: [UInt8], idempotencyKey: String? = nil) async throws -> (status: Int, body: [UInt8]) {
    var request = HTTPClientRequest(url: address)
    request.method = .POST
    request.headers.add(name: "Content-Type", value: "application/json")
    request.headers.add(name: "Authorization", value: "Bearer \(token)")
    if let idempotencyKey { request.headers.add(name: "Idempotency-Key", value: idempotencyKey) }
    request.body = .bytes(body)
    do {
      let response = try await client.execute(request, timeout: .seconds(60))
      let answer = try await response.body.collect(upTo: 256 << 20)
      return (Int(response.status.code), Array(answer.readableBytesView))
    } catch let error as CancellationError {
      throw error
    } catch {
      let reason = (error as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? "\(error)"
      throw Fault(
        "\(service.rawValue) does not answer at \(address) (\(reason)): look with `ecrm status`, start it with "
          + "`ecrm up --detach`.")
    }
  }

  /// Closes the connections. Calls after it fail.
  func close() async throws {
    try await client.shutdown()
  }
}
