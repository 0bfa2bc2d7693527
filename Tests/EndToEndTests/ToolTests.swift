import Foundation
import Testing

extension EndToEndTests {
  @Suite struct ToolTests {
    @Test func `ecrm calls methods, shows the suite and finds no fault in it`() async throws {
      let suite = try await Suite.shared()
      let call = try await suite.ecrm("call", "channel-integration", "customers.search", #"{"text":"nobody"}"#)
      #expect(call.status == 0, "\(call.error)")
      #expect(call.output.contains(#""items": []"#))
      let refused = try await suite.ecrm("call", "channel-integration", "customers.get", "{}")
      #expect(refused.status == 1)
      #expect(refused.error.contains("-32602"))
      let token = try await suite.token("staff")
      #expect(token.split(separator: ".").count == 3)
      #expect(!token.contains("\n"))
      let status = try await suite.ecrm("status")
      #expect(status.status == 0, "\(status.output)")
      let check = try await suite.ecrm("check")
      #expect(check.status == 0, "\(check.output)\(check.error)")
    }

    @Test func `a suite that is down leaves nothing running and keeps its data`() async throws {
      let suite = try await Suite()
      try await Wire.with(suite: suite) { wire in
        let customers = (try await wire.makeCustomer("stays-1"), try await wire.makeCustomer("stays-2"))
        #expect(customers.0 < customers.1)
        // As if the two were one, without a link that joins them.
        let database = try suite.database()
        try await database.transaction { transaction in
          try await transaction.execute("UPDATE base.members SET customer = \(customers.0)::text::uuid")
        }
        database.close()
        let check = try await suite.ecrm("check")
        #expect(check.status == 1)
        #expect(check.output.contains("fault: "), "\(check.output)")
        var running = try ServiceName.allCases.map { try suite.pid($0) }
        running.append(try suite.postmaster)
        #expect(running.allSatisfy { kill($0, 0) == 0 })
        let down = try await suite.ecrm("down")
        #expect(down.status == 0, "\(down.error)")
        for pid in running { #expect(kill(pid, 0) != 0) }
        for service in ServiceName.allCases {
          #expect(!RawConnection.answers(port: suite.port(service)))
          #expect(!RawConnection.answers(port: suite.adminPort(service)))
        }
        #expect(try await suite.ecrm("status").status == 1)
        #expect(FileManager.default.fileExists(atPath: "\(suite.folder)/postgres/PG_VERSION"))
      }
    }
  }
}
