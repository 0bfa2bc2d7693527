import JSON
import Testing

@testable import Tool

struct OpenRPCTests {
  @Test(arguments: Service.allCases)
  func `a service's contract is printed as it is served`(_ service: Service) throws {
    let printed = try JSONDocument(parsing: OpenRPC.text(of: service)).root
    #expect(printed.raw == (try JSONDocument(parsing: service.definition.contract).root.raw))
  }

  @Test func `all contracts are one object by the services' names`() throws {
    let printed = try JSONDocument(parsing: OpenRPC.text(of: nil)).root
    #expect(printed.members.map(\.name) == Service.allCases.map(\.rawValue))
  }
}
