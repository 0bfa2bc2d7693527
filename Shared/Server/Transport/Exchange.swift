import FoundationEssentials
import HTTPTypes

/// A request's head, read once for everything that depends on it.
///
/// The fields are gone through once: looking them up by name would first build an index of them, for each request.
final class Exchange: Sendable {
  enum Credentials: Sendable {
    case none
    case bearer(String)
    case basic(user: String)
    /// Something else, or more than one.
    case other
  }

  let method: HTTPRequest.Method
  let path: String
  let query: String?
  let headers: HTTPFields
  let connection: Connection
  let requestID: String
  let trace: TraceContext
  let credentials: Credentials
  /// Whether others may see another request in these bytes, or other bounds of it.
  let isAmbiguous: Bool
  let origin: String?
  let idempotencyKey: String?
  let forwardedFor: [String]
  let declaredBytes: Int?
  let awaitsContinue: Bool
  /// Whether the body is what it is told to be, not a compressed form of it.
  let isPlain: Bool
  let contentType: ContentType

  init(_ head: HTTPRequest, _ connection: Connection) {
    method = head.method
    headers = head.headerFields
    self.connection = connection
    let target = Self.originForm(head.path ?? "/")
    if let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) {
      path = String(target[..<mark])
      query = String(target[target.utf8.index(after: mark)...])
    } else {
      path = String(target)
      query = nil
    }
    let fields = ReadFields(head.headerFields)
    trace = fields.traceparent.flatMap { TraceContext(traceparent: $0) } ?? TraceContext()
    // A trace holds many requests, so only one that begins here may lend its id.
    requestID =
      fields.requestID.flatMap { Self.isRequestID($0) ? $0 : nil }
      ?? (trace.parentID == nil ? trace.traceID : TraceContext.random(digits: 32))
    credentials = Self.credentials(fields.authorization)
    isAmbiguous = !connection.isMultiplexed && head.framing.isAmbiguous
    origin = fields.origin
    idempotencyKey = fields.idempotencyKey
    forwardedFor = fields.forwardedFor
    declaredBytes = fields.contentLength.flatMap { Int($0) }
    awaitsContinue = fields.expect?.lowercased() == "100-continue"
    isPlain = fields.contentEncoding.allSatisfy { $0.lowercased() == "identity" }
    contentType = ContentType(fields.contentType)
  }

  var basicUser: String? {
    if case .basic(let user) = credentials { user } else { nil }
  }

  /// The path and query of a target, of which an absolute one has more.
  static func originForm(_ target: String) -> Substring {
    if target.utf8.first == UInt8(ascii: "/") { return Substring(target) }
    for scheme in ["https://", "http://"] where target.lowercased().hasPrefix(scheme) {
      let rest = target.dropFirst(scheme.count)
      return rest.firstIndex(of: "/").map { rest[$0...] } ?? "/"
    }
    return Substring(target)
  }

  private static func isRequestID(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
      }
  }

  private static func credentials(_ values: [String]) -> Credentials {
    guard let value = values.first else { return .none }
    guard values.count == 1, let blank = value.utf8.firstIndex(of: UInt8(ascii: " ")) else { return .other }
    let secret = String(value[blank...].trimmingSpaces())
    if secret.isEmpty { return .other }
    switch value[..<blank].lowercased() {
    case "bearer":
      return .bearer(secret)
    case "basic":
      guard let decoded = Data(base64Encoded: secret) else { return .other }
      let text = String(decoding: decoded, as: UTF8.self)
      return .basic(user: String(text.prefix { $0 != ":" }))
    default:
      return .other
    }
  }
}

/// The fields that the front door asks for. Of one that came several times the values stand in a list, as RFC 9110 joins
/// them.
private struct ReadFields {
  var traceparent: String?
  var requestID: String?
  var origin: String?
  var idempotencyKey: String?
  var contentLength: String?
  var expect: String?
  var authorization: [String] = []
  var forwardedFor: [String] = []
  var contentEncoding: [String] = []
  var contentType: [String] = []

  init(_ fields: HTTPFields) {
    for field in fields {
      switch field.name.canonicalName {
      case "traceparent": Self.join(&traceparent, field.value)
      case "x-request-id": Self.join(&requestID, field.value)
      case "origin": Self.join(&origin, field.value)
      case "idempotency-key": Self.join(&idempotencyKey, field.value)
      case "content-length": Self.join(&contentLength, field.value)
      case "expect": Self.join(&expect, field.value)
      case "authorization": authorization.append(field.value)
      case "x-forwarded-for": forwardedFor.append(field.value)
      case "content-encoding": contentEncoding.append(field.value)
      case "content-type": contentType.append(field.value)
      default: break
      }
    }
  }

  private static func join(_ joined: inout String?, _ value: String) {
    joined = joined.map { "\($0), \(value)" } ?? value
  }
}

/// What a request of HTTP/1.1 says about its own bounds and its connection's.
struct Framing {
  /// Whether readers may differ about the request's host or its end (RFC 9112, 3.2 and 6.1): it names none or several
  /// hosts, or a transfer coding that is not `chunked` alone.
  var isAmbiguous: Bool
  /// Whether the caller closes after the answer.
  var wantsClose = false
  /// Whether it asks for a tunnel or another protocol.
  var isUpgrade: Bool
}

extension HTTPRequest {
  var framing: Framing {
    // One host is taken out of the fields already.
    var framing = Framing(isAmbiguous: authority == nil, isUpgrade: method == .connect)
    var codings = 0
    for field in headerFields {
      switch field.name.canonicalName {
      case "host": framing.isAmbiguous = true
      case "transfer-encoding":
        codings += 1
        if codings > 1 || field.value.lowercased() != "chunked" { framing.isAmbiguous = true }
      case "upgrade": framing.isUpgrade = true
      case "connection":
        let options = field.value.split(separator: ",").map { $0.trimmingSpaces().lowercased() }
        if options.contains("close") { framing.wantsClose = true }
      default: break
      }
    }
    return framing
  }
}

/// A media type with its charset.
struct ContentType: Hashable, Sendable {
  /// Lower-case, empty when there is none or more than one.
  private let mediaType: String
  private let isUTF8: Bool

  init(_ values: [String]) {
    if values == ["application/json"] {
      // What nearly all callers say.
      (mediaType, isUTF8) = (values[0], true)
      return
    }
    let parts = (values.count == 1 ? values[0] : "").split(separator: ";").map { $0.trimmingSpaces().lowercased() }
    mediaType = parts.first ?? ""
    isUTF8 = parts.dropFirst().allSatisfy { parameter in
      !parameter.hasPrefix("charset=") || ["utf-8", "utf8", "\"utf-8\""].contains(parameter.dropFirst(8))
    }
  }

  var isJSON: Bool {
    isOne(of: ["application/json", "application/json-rpc"])
      || isUTF8 && mediaType.hasPrefix("application/") && mediaType.hasSuffix("+json")
  }

  func isOne(of types: [String]) -> Bool {
    isUTF8 && types.contains(mediaType)
  }
}
