import Crypto
import JSON
import JSONRPC
import Logging
import Models

/// What travels with every call of one request.
struct Ticket: Sendable {
  var principal: Principal?
  var now: Timestamp
  var requestID: String
  var traceID: String
  var clientCertificate: ClientCertificate?
  /// Of the caller.
  var presence: Presence
  /// The header `Idempotency-Key`.
  var idempotencyKey: String?

  init(_ caller: Caller, now: Timestamp) {
    principal = caller.principal
    clientCertificate = caller.clientCertificate
    presence = caller.presence
    self.now = now
    requestID = caller.requestID
    traceID = caller.trace.traceID
    idempotencyKey = caller.idempotencyKey
  }

  /// The key of one call: the header's, or its own `_meta.idempotencyKey`.
  func key(of request: RPCRequest) throws -> String? {
    let meta = request.params.flatMap { $0.kind == .object ? $0["_meta"] : nil }
    var key = idempotencyKey
    if let meta {
      guard meta.kind == .object else {
        throw InvalidParam(path: "/params/_meta", rule: "type", message: "must be an object")
      }
      for (name, _) in meta.members where name != "idempotencyKey" {
        throw InvalidParam(path: "/params/_meta/\(name)", rule: "unknown", message: "is not known")
      }
      if let given = meta["idempotencyKey"] {
        guard let text = given.string else {
          throw InvalidParam(path: "/params/_meta/idempotencyKey", rule: "type", message: "must be a text")
        }
        key = text
      }
    }
    guard let key else { return nil }
    guard (1...255).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
      throw InvalidParam(
        path: "/params/_meta/idempotencyKey", rule: "format", message: "must be 1 to 255 printable ASCII characters")
    }
    return key
  }

  func metadata(_ method: String) -> Logger.Metadata {
    var metadata: Logger.Metadata = [
      "request_id": "\(requestID)", "trace_id": "\(traceID)", "method": "\(method)",
    ]
    if let principal { metadata["user"] = "\(principal.key)" }
    return metadata
  }
}

extension RPCRequest {
  /// Tells one call from another: the SHA-256 of method and params, the same for the same call, whatever the order of
  /// members and the white space. `_meta` is left out.
  func digest() -> [UInt8] {
    var bytes = Array(method.utf8)
    bytes.append(0)
    if let params, params.kind == .object {
      bytes.reserveCapacity(bytes.count + params.rawBytes.count)
      for (name, value) in params.members.sorted(by: { $0.name < $1.name }) where name != "_meta" {
        bytes.append(contentsOf: name.utf8)
        bytes.append(0)
        value.appendCanonically(to: &bytes)
        bytes.append(0)
      }
    }
    return Array(SHA256.hash(data: bytes))
  }
}
