import HTTPTypes
import JSON
import Logging
import Models
import Postgres
import Testing
import TestSupport

@testable import Acquisition
@testable import Server

struct SegmentRoutesTests {
  private func post(
    _ path: String, _ body: String, _ service: TestService, as principal: Principal? = .site
  ) async throws -> RouteAnswer {
    let verifier = TokenVerifier(
      keysPath: "/nonexistent", rules: TokenVerifier.Rules(issuers: ["ecrm"]),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    let routes = AcquisitionService.routes(ServiceEndpoint(calls: service.running.calls, verifier: verifier))
    let route = try #require(routes.first { $0.path == path })
    let caller = Caller(
      principal: principal, address: "127.0.0.1", requestID: "test", trace: TraceContext(), idempotencyKey: nil,
      limiter: .unlimited)
    guard case .whole(let handle) = route.handling else { throw Failure.notFound }
    return await handle(
      RouteRequest(body: Array(body.utf8), headers: [:], query: nil, caller: caller, basicUser: nil))
  }

  @Test(
    arguments: [
      ("/v1/track", "track"), ("/v1/t", "track"), ("/v1/identify", "identify"), ("/v1/i", "identify"),
      ("/v1/page", "page"), ("/v1/p", "page"), ("/v1/screen", "screen"), ("/v1/s", "screen"), ("/v1/group", "group"),
      ("/v1/g", "group"), ("/v1/alias", "alias"), ("/v1/a", "alias"),
    ])
  func `a route stores an event of its type`(path: String, type: String) async throws {
    try await withService(AcquisitionService.self) { service in
      let body = #"{"anonymousId": "v", "userId": "u", "previousId": "v", "event": "Viewed", "writeKey": "k"}"#
      let answer = try await post(path, body, service)
      #expect(answer.status == 200)
      #expect(String(decoding: answer.body, as: UTF8.self) == #"{"success": true}"#)
      let types: [String] = try await service.database.shared.all("SELECT type FROM acquisition.events")
      #expect(types == [type])
    }
  }

  @Test(arguments: ["/v1/batch", "/v1/b"])
  func `a batch is stored, with the batch's time of sending`(path: String) async throws {
    try await withService(AcquisitionService.self) { service in
      let body = """
        {"sentAt": "2001-01-01T00:00:10Z", "batch": [
          {"type": "track", "event": "a", "anonymousId": "v", "timestamp": "2001-01-01T00:00:00Z"},
          {"type": "page", "anonymousId": "v"}]}
        """
      #expect(try await post(path, body, service).status == 200)
      let times: [Timestamp] = try await service.database.shared.all(
        "SELECT occurred_at FROM acquisition.events ORDER BY occurred_at")
      #expect(times == [service.clock.now.adding(seconds: -10), service.clock.now])
    }
  }

  @Test func `without a key that holds nothing is taken`() async throws {
    try await withService(AcquisitionService.self) { service in
      #expect(try await post("/v1/t", #"{"anonymousId": "v", "event": "a"}"#, service, as: nil).status == 401)
      let forged = #"{"anonymousId": "v", "event": "a", "writeKey": "forged"}"#
      #expect(try await post("/v1/t", forged, service, as: nil).status == 401)
      let events: Int = try await service.database.shared.one("SELECT count(*) FROM acquisition.events")
      #expect(events == 0)
    }
  }

  @Test func `what is no event is refused`() async throws {
    try await withService(AcquisitionService.self) { service in
      for (path, body) in [
        ("/v1/t", "[1]"), ("/v1/t", "{"), ("/v1/t", #"{"event": "a"}"#), ("/v1/b", #"{"type": "track"}"#),
        ("/v1/b", #"{"batch": {}}"#),
      ] {
        let answer = try await post(path, body, service)
        #expect(answer.status == 400)
        #expect(try JSONDocument(parsing: answer.body).root["success"]?.bool == false)
      }
    }
  }
}
