import CustomerBase
import JSONRPC
import Models
import Testing
import TestSupport

@testable import ChannelIntegration
@testable import Server

struct SearchCustomersTests {
  private func search(_ service: TestService, _ text: String) async throws -> [ID<Customer>] {
    try await service.call(SearchCustomers(text: try #require(SearchText(text)))).items.map(\.customer)
  }

  @Test(
    arguments: [
      "ada", "AD", "lovelace", "Ada Lovelace", "lovelace ada", "Lovelase", "ada lovelase", "ada@example.com",
      "ada@exampel.com",
      "C-1001", "c-10", "+491701234567", "+49170",
    ])
  func `a customer is found by beginnings and by likeness`(text: String) async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let ada = try await service.call(
        UpsertProfile(
          source: .shop, externalId: ExternalID(fixed: "C-1001"),
          traits: [
            "givenName": RawJSON(wellFormed: "\"Ada\""), "familyName": RawJSON(wellFormed: "\"Lovelace\""),
          ],
          identifiers: [
            Identifier(kind: .email, value: "ada@example.com", verified: true),
            Identifier(kind: .phone, value: "+491701234567"),
          ].compactMap(\.self)))
      _ = try await service.person("X-2", ["givenName": "Grace", "familyName": "Hopper"], email: "grace@example.com")
      #expect(try await search(service, text) == [ada.customer])
    }
  }

  @Test func `what is equal comes first, however many are alike`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let rows = (0..<900).map { number in
        ImportedProfile(
          externalId: ExternalID("\(number)") ?? .example,
          identifiers: [Identifier(kind: .email, value: "customer\(number)@example.com")].compactMap(\.self))
      }
      _ = try await service.call(ImportProfiles(source: .crm, rows: Rows(rows)))
      let asked = try await service.person("777", source: .crm).customer
      #expect(try await search(service, "customer777@example.com").first == asked)
    }
  }

  @Test func `pages are whole, and a cursor of another text is refused`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      var customers: [ID<Customer>] = []
      for number in 0..<7 { customers.append(try await service.person("\(number)", ["givenName": "Ada"]).customer) }
      let found = try await service.everyPage { cursor in
        try await service.call(SearchCustomers(text: SearchText(fixed: "ada"), limit: Limit(3), cursor: cursor))
      }
      #expect(found.map(\.customer) == customers)
      let page = try await service.call(SearchCustomers(text: SearchText(fixed: "ada"), limit: Limit(3)))
      let error = try await #require(throws: RPCError.self) {
        _ = try await service.call(SearchCustomers(text: SearchText(fixed: "adam"), cursor: page.nextCursor))
      }
      #expect(error.paths == ["/params/cursor"])
    }
  }

  @Test func `signs of patterns stand for themselves, and a name of any length is kept`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      _ = try await service.person("1", ["fullName": String(repeating: "long name ", count: 2000)])
      _ = try await service.person("2", ["fullName": "100% Wool"])
      #expect(try await search(service, "%%").isEmpty)
      #expect(try await search(service, "__").isEmpty)
      #expect(try await search(service, "100%").count == 1)
      #expect(try await search(service, "long name").count == 1)
    }
  }
}
