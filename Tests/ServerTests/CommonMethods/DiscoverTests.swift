import JSON
import Server
import TestSupport
import Testing

struct DiscoverTests {
  @Test(arguments: allServices.indices)
  func `anybody may ask a service for its contract`(_ place: Int) async throws {
    try await withService(allServices[place]) { service in
      let contract = try await service.call("rpc.discover", "{}", as: nil)
      #expect(contract["openrpc"]?.string == "1.3.2")
      let names = contract["methods"]?.elements.compactMap { $0["name"]?.string }
      let registered = allServices[place].allMethods.map { $0.name }
      #expect(names == registered)
    }
  }
}
