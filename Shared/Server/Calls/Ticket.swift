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
  /// The header `Idempotency-Key`.
  var idempotencyKey: String?

  init(_ caller: Caller, now: Timestamp) {
    principal = caller.principal
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
  /// Method and params in one text, the same for the same call: members sorted, `_meta` left out.
  func canonicalBytes() throws -> [UInt8] {
    var bytes = Array(method.utf8)
    bytes.append(0)
    guard let params, params.kind == .object else { return bytes }
    for (name, value) in params.members.sorted(by: { $0.name < $1.name }) where name != "_meta" {
      bytes += Array(name.utf8) + [0]
      bytes += value.canonicalBytes() + [0]
    }
    return bytes
  }
}

extension JSONNode {
  /// The value's text with sorted members and without white space.
  fileprivate func canonicalBytes() -> [UInt8] {
    switch kind {
    case .object:
      var bytes = [UInt8(ascii: "{")]
      for (name, value) in members.sorted(by: { $0.name < $1.name }) {
        bytes += Array(name.utf8) + [0] + value.canonicalBytes() + [UInt8(ascii: ",")]
      }
      return bytes + [UInt8(ascii: "}")]
    case .array:
      var bytes = [UInt8(ascii: "[")]
      for element in elements { bytes += element.canonicalBytes() + [UInt8(ascii: ",")] }
      return bytes + [UInt8(ascii: "]")]
    case .string:
      return [UInt8(ascii: "\"")] + Array((string ?? "").utf8) + [0]
    default:
      return Array(rawBytes)
    }
  }
}
