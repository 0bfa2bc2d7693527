import JSON
import Models
import Server

/// The routes of Segment's HTTP tracking API and of its browser library.
func segmentRoutes(_ endpoint: ServiceEndpoint) -> [HTTPRoute] {
  let single: [(String, EventType)] = [
    ("/v1/track", .track), ("/v1/t", .track), ("/v1/identify", .identify), ("/v1/i", .identify),
    ("/v1/page", .page), ("/v1/p", .page), ("/v1/screen", .screen), ("/v1/s", .screen),
    ("/v1/group", .group), ("/v1/g", .group), ("/v1/alias", .alias), ("/v1/a", .alias),
  ]
  let bodies = ["application/json", "text/plain"]
  return single.map { path, type in
    HTTPRoute(
      method: .post, path: path, maximumBytes: TrackedEvent.maximumBytes, accept: bodies, anyOrigin: true
    ) { await collect($0, type: type, endpoint) }
  }
    + ["/v1/batch", "/v1/b"].map { path in
      HTTPRoute(method: .post, path: path, maximumBytes: 500 * 1024, accept: bodies, anyOrigin: true) {
        await collect($0, type: nil, endpoint)
      }
    }
}

private func collect(_ request: RouteRequest, type: EventType?, _ endpoint: ServiceEndpoint) async -> RouteAnswer {
  guard let document = try? JSONDocument(parsing: request.body), document.root.kind == .object else {
    return failure(400, "The body is no JSON object.")
  }
  let root = document.root
  var caller = request.caller
  if caller.principal == nil, let key = request.basicUser ?? root["writeKey"]?.string {
    caller = caller.identified(as: await endpoint.principal(ofKey: key))
  }
  guard caller.principal != nil else { return failure(401, "A write key is needed.") }
  guard let batch = type == nil ? root["batch"] : root, type != nil || batch.kind == .array else {
    return failure(400, "The body has no batch.")
  }
  let events = EventBatch(batch, type: type)
  if events.events.isEmpty, let fault = events.rejected.first { return failure(400, "The event \(fault.message).") }
  let method = CollectEvents(batch: events, sentAt: root["sentAt"]?.string.flatMap { Timestamp($0) })
  switch await endpoint.answer(method, from: caller) {
  case .success: return RouteAnswer(status: 200, body: Array(#"{"success": true}"#.utf8))
  case .failure(let refusal): return failure(refusal.status, refusal.message, retryAfter: refusal.retryAfterSeconds)
  }
}

private func failure(_ status: Int, _ message: String, retryAfter: Int? = nil) -> RouteAnswer {
  let body = (try? encodeJSON(SegmentFailure(success: false, message: message))) ?? []
  return RouteAnswer(
    status: status, body: body, headers: retryAfter.map { [("Retry-After", "\($0)")] } ?? [])
}

private struct SegmentFailure: Codable {
  var success: Bool
  var message: String
}
