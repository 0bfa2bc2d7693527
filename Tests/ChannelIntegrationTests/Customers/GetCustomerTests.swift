import JSON
import JSONRPC
import Models
import Testing
import TestSupport

@testable import ChannelIntegration
@testable import Server

struct GetCustomerTests {
  @Test func `any profile's id names the customer, and the most recent trait is current`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let first = try await service.person("1", ["givenName": "Ada"], email: "ada@example.com")
      service.clock.advance(seconds: 1)
      let second = try await service.person("2", ["givenName": "Augusta"], email: "ada@example.com")
      let views = try await [first.profile, second.profile].asyncMap { profile in
        try await service.respond(to: GetCustomer(customer: ID(profile)), as: .staff).json
      }
      #expect(views[0] == views[1])
      let view = try JSONDocument(parsing: views[0]).root
      #expect(view["customer"]?.string == "\(first.profile)")
      #expect(
        view["traits"]?.elements.map { "\($0["value"]?.string ?? "") \($0["current"]?.bool == true)" }
          == ["Augusta true", "Ada false"])
    }
  }

  @Test func `a customer sees itself, and another as if it were not there`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let ada = try await service.person("ada", email: "ada@example.com")
      let grace = try await service.person("grace")
      let own = try await service.respond(to: GetCustomer(customer: ada.customer), as: .customer(ada.customer))
      #expect(!own.json.isEmpty)
      // Also by another of its profiles.
      let second = try await service.person("second", email: "ada@example.com", source: .crm)
      _ = try await service.respond(to: GetCustomer(customer: ID(second.profile)), as: .customer(ada.customer))

      let missing = "{\"customer\": \"\(ID<Customer>(high: 1, low: 1))\"}"
      let foreign = "{\"customer\": \"\(grace.customer)\"}"
      for method in ["customers.get", "customers.timeline", "orders.list", "consents.history"] {
        let seen = try await service.refusal(method, foreign, as: .customer(ada.customer))
        let unseen = try await service.refusal(method, missing, as: .customer(ada.customer))
        let asStaff = try await service.refusal(method, missing)
        #expect(seen.code == .notFound)
        #expect(seen == unseen)
        #expect(seen == asStaff)
      }
      let search = try await service.refusal("customers.search", "{\"text\": \"ada\"}", as: .customer(ada.customer))
      #expect(search.code == .forbidden)
    }
  }
}

extension Sequence {
  /// What the function makes of the elements, one after another.
  fileprivate func asyncMap<Value>(_ body: (Element) async throws -> Value) async rethrows -> [Value] {
    var values: [Value] = []
    for element in self { values.append(try await body(element)) }
    return values
  }
}
