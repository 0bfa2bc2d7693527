import Foundation
import Testing

extension EndToEndTests {
  @Suite struct CollectTests {
    @Test func `Segment's libraries send events by Basic authentication and by beacon`() async throws {
      try await Wire.with { wire in
        let key = try wire.suite.text("tokens/site.jwt")
        let basic = [("Authorization", "Basic \(Data("\(key):".utf8).base64EncodedString())")]
        let event = #"{"event":"Order Completed","anonymousId":"beacon-1","messageId":"basic-1"}"#
        let sent = try await wire.send("POST", "/v1/track", to: .acquisition, headers: basic, body: .text(event))
        #expect((sent.status, sent.body) == (200, #"{"success": true}"#))
        let beacon = #"{"writeKey":"\#(key)","batch":[{"type":"page","anonymousId":"beacon-1","messageId":"b-1"}]}"#
        let page = [("Origin", "https://anywhere.example")]
        let beaconed = try await wire.send(
          "POST", "/v1/batch", to: .acquisition, headers: page, type: "text/plain;charset=UTF-8", body: .text(beacon))
        #expect(beaconed.status == 200)
        #expect(beaconed.headers["access-control-allow-origin"] == "*")
        let unknown = try await wire.send("POST", "/v1/track", to: .acquisition, body: .text(event))
        #expect(unknown.status == 401)
        let visitor = try await wire.call("visitors.get", #"{"anonymousId":"beacon-1"}"#, of: .acquisition)
        #expect(visitor.code == nil, "\(visitor.body)")
      }
    }
  }
}
