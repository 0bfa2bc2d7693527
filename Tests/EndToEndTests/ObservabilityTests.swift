import Foundation
import JSON
import Testing

extension EndToEndTests {
  @Suite struct ObservabilityTests {
    @Test func `health and metrics stand on the admin port`() async throws {
      try await Wire.with { wire in
        for service in ServiceName.allCases {
          #expect(try await wire.admin("/health/live", of: service).status == 200)
          let ready = try await wire.admin("/health/ready", of: service)
          #expect(ready.status == 200)
          #expect(try ready.json["checks"]?.elements.map { $0["name"]?.string } == ["database", "schema", "epoch"])
        }
        let found = try await wire.call("identities.resolve", #"{"kind":"email","value":"metrics@x.example"}"#)
        #expect(found.code == nil)
        let metrics = try await wire.admin("/metrics")
        #expect(metrics.headers["content-type"]?.hasPrefix("text/plain; version=0.0.4") == true)
        for line in [
          #"rpc_requests_total{code="0",method="identities.resolve",service="channel-integration"} "#,
          #"rpc_duration_seconds_count{method="identities.resolve",service="channel-integration"} "#,
          #"database_pool_connections{service="channel-integration"} "#,
          #"service_ready{service="channel-integration"} 1"#, "process_resident_memory_bytes{",
          #"build_info{service="channel-integration",version="#,
        ] {
          #expect(metrics.body.contains(line), "\(line)")
        }
      }
    }

    @Test func `logs are JSON and hold neither addresses nor tokens`() async throws {
      try await Wire.with { wire in
        let staff = try wire.suite.text("tokens/staff.jwt")
        let mark = "mark-\(UInt32.random(in: .min ... .max))"
        let person = try await wire.suite.token("service", "--scope", "", "--subject", "ada@secret.example")
        let body = #"{"jsonrpc":"2.0","id":1,"method":"identities.resolve","params":{"kind":"email","value":1}}"#
        for token in [person, staff, "eyJhbGciOiJub25lIn0.e30.c2VjcmV0"] {
          _ = try await wire.send(token: token, headers: [("X-Request-ID", mark)], body: .text(body))
        }
        var lines: [Substring] = []
        try await eventually("the refused calls are in the log") {
          let log = try wire.suite.text("logs/channel-integration.log")
          lines = log.split(separator: "\n").filter { $0.contains(mark) }
          return lines.count >= 3
        }
        for line in lines {
          let entry = try JSONDocument(parsing: String(line)).root
          #expect(entry["service"]?.string == "channel-integration")
          #expect(entry["request_id"]?.string == mark)
          #expect(!line.contains("secret"))
          #expect(!line.contains("eyJ"))
        }
      }
    }
  }
}
