import Foundation
import Testing

extension EndToEndTests {
  @Suite struct AccessTests {
    private func call(_ method: String, _ params: String = "{}") -> Wire.Body {
      .text(#"{"jsonrpc":"2.0","id":1,"method":"\#(method)","params":\#(params)}"#)
    }

    private let missing = #"{"customer":"01890000-0000-7000-8000-000000000000"}"#

    @Test func `a call that needs a token is refused without one and with a bad one`() async throws {
      try await Wire.with { wire in
        for token in [nil, "nonsense", "eyJhbGciOiJub25lIn0.e30."] {
          let answer = try await wire.send(token: token, body: call("customers.get", missing))
          #expect(answer.status == 401)
          #expect(answer.headers["www-authenticate"] == "Bearer")
          #expect(answer.code == -32001)
          #expect(answer.type == "unauthenticated")
        }
        let open = try await wire.send(body: call("rpc.discover"))
        #expect(open.status == 200)
        #expect(open.result != nil)
      }
    }

    @Test func `a wrong role and a missing scope are forbidden`() async throws {
      try await Wire.with { wire in
        let site = try wire.suite.text("tokens/site.jwt")
        let asSite = try await wire.call("customers.get", missing, token: site)
        #expect((asSite.status, asSite.code, asSite.type) == (200, -32003, "forbidden"))
        let writer = try await wire.suite.token("service", "--scope", "profiles:write")
        let unscoped = try await wire.call("customers.get", missing, token: writer)
        #expect((unscoped.status, unscoped.code) == (200, -32003))
        #expect(unscoped.body.contains("customers:read"))
        let granted = try await wire.call(
          "profiles.upsert", #"{"source":"shop","externalId":"scope-1"}"#, token: writer)
        #expect(granted.code == nil)
        #expect(granted.result?["outcome"]?.string == "created")
      }
    }

    @Test func `another customer is to a customer as if it were not there`() async throws {
      try await Wire.with { wire in
        let (ada, grace) = (try await wire.makeCustomer("access-ada"), try await wire.makeCustomer("access-grace"))
        let token = try await wire.suite.token("customer", "--customer", ada)
        let own = try await wire.call("customers.get", #"{"customer":"\#(ada)"}"#, token: token)
        #expect(own.result?["customer"]?.string == ada)
        let other = try await wire.call("customers.get", #"{"customer":"\#(grace)"}"#, token: token)
        let none = try await wire.call("customers.get", missing, token: token)
        #expect(other.code == -32004)
        #expect(try withoutRequestID(other) == withoutRequestID(none))
      }
    }

    private func withoutRequestID(_ answer: WireAnswer) throws -> String {
      let id = try #require(try answer.json["error"]?["data"]?["requestID"]?.string)
      return answer.body.replacing(id, with: "")
    }
  }
}
