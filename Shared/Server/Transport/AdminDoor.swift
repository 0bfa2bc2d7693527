import HTTPTypes
import NIOCore

/// Answers the admin port: whether the process lives, whether it is ready, and its metrics.
struct AdminDoor: Sendable {
  let readiness: Readiness
  let metrics: PrometheusMetrics

  func serve(_ request: HTTPRequest, _ content: IncomingBody, _ connection: Connection) async -> Reply {
    var status = HTTPResponse.Status.ok
    var body: [UInt8]
    var contentType = "application/json"
    switch (request.method, Exchange.originForm(request.path ?? "/").split(separator: "?").first ?? "") {
    case (.get, "/health/live"):
      body = Array(#"{"status":"UP"}"#.utf8)
    case (.get, "/health/ready"):
      status = readiness.isReady ? .ok : .serviceUnavailable
      body = readiness.report()
    case (.get, "/health/started"):
      status = readiness.hasStarted ? .ok : .serviceUnavailable
      body = Array((readiness.hasStarted ? #"{"status":"UP"}"# : #"{"status":"DOWN"}"#).utf8)
    case (.get, "/metrics"):
      contentType = PrometheusMetrics.contentType
      body = metrics.expose()
    default:
      status = .notFound
      body = Array(#"{"status":"NOT FOUND"}"#.utf8)
    }
    let head = HTTPResponse(
      status: status,
      headerFields: [
        .contentType: contentType, .contentLength: "\(body.count)", .cacheControl: "no-store",
        .xContentTypeOptions: "nosniff",
      ])
    if request.method == .head { body = [] }
    return Reply(head: head, body: ByteBuffer(bytes: body))
  }
}
