import JSON
import JSONRPC
import Models
import TestSupport
import Testing

@testable import ChannelIntegration
@testable import Server

@Suite struct ServiceResponderTests {
  private func caller(_ address: String, _ principal: Principal? = nil) -> Caller {
    Caller(
      principal: principal, address: address, requestID: "test", trace: TraceContext(), idempotencyKey: nil,
      limiter: .unlimited)
  }

  private func responder(_ service: TestService) throws -> ServiceResponder {
    let verifier = TokenVerifier(keysPath: "/nowhere", rules: .init(issuers: ["ecrm"]), logger: service.running.logger)
    return try ServiceResponder(ServiceEndpoint(calls: service.running.calls, verifier: verifier), version: "1")
  }

  private func status(
    _ responder: ServiceResponder, _ caller: Caller, method: String = "signIns.redeem", count: Int = 1
  ) async -> Int {
    let call = #"{"jsonrpc":"2.0","id":1,"method":"\#(method)","params":{"code":"wrong"}}"#
    let body = count == 1 ? call : "[" + Array(repeating: call, count: count).joined(separator: ",") + "]"
    switch await responder.respond(to: Array(body.utf8), from: caller) {
    case .refused(let refusal): return refusal.status
    case .body, .nothing: return 200
    }
  }

  @Test func `an address may try ten codes at once, whoever calls, and others are not held up by it`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let responder = try responder(service)
      var statuses: [Int] = []
      for place in 0..<12 {
        statuses.append(await status(responder, caller("192.0.2.1", place % 2 == 0 ? nil : .staff)))
      }
      #expect(statuses == Array(repeating: 200, count: 10) + [429, 429])
      let other = await status(responder, caller("192.0.2.2"))
      #expect(other == 200)
      let discovery = await status(responder, caller("192.0.2.1"), method: "rpc.discover")
      #expect(discovery == 200)
    }
  }

  @Test func `a batch counts by its calls, and one that does not fit is refused whole`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let responder = try responder(service)
      let tooMany = await status(responder, caller("192.0.2.1"), count: 11)
      let nine = await status(responder, caller("192.0.2.1"), count: 9)
      let two = await status(responder, caller("192.0.2.1"), count: 2)
      #expect([tooMany, nine, two] == [429, 200, 429])
    }
  }
}
