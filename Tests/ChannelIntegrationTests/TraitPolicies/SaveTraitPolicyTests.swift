import CustomerBase
import JSON
import Models
import Postgres
import Testing
import TestSupport

@testable import ChannelIntegration
@testable import Server

struct SaveTraitPolicyTests {
  /// Three records of one person, one a second, that disagree on the town.
  private func person(_ service: TestService) async throws -> ID<Customer> {
    for (source, town) in [(SourceName.crm, "Bonn"), (.shop, "Köln"), (.web, "Bonn"), (.erp, "Essen")] {
      service.clock.advance(seconds: 1)
      _ = try await service.person(
        "ada", ["locality": town, "givenName": town], email: "ada@example.com", source: source)
    }
    return try await service.customer("ada", source: "crm")
  }

  private func shown(_ trait: String, _ service: TestService, _ customer: ID<Customer>) async throws -> [String] {
    let view = try await service.respond(to: GetCustomer(customer: customer), as: .staff).json
    let traits = try JSONDocument(parsing: view).root["traits"]?.elements.filter { $0["name"]?.string == trait } ?? []
    #expect(traits.map { $0["current"]?.bool } == traits.indices.map { $0 == 0 })
    return traits.compactMap { $0["source"]?.string }
  }

  private func save(
    _ rule: SurvivorshipRule, _ sources: [SourceName]? = nil, in service: TestService
  ) async throws {
    _ = try await service.call(
      SaveTraitPolicy(trait: TraitName(fixed: "locality"), rule: rule, sources: sources))
  }

  @Test func `a policy chooses which value is shown, and keeps the others`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let ada = try await person(service)
      let before = try await service.respond(to: GetCustomer(customer: ada), as: .staff).json
      #expect(try await shown("locality", service, ada) == ["erp", "web", "shop", "crm"])
      try await save(.mostTrusted, [.shop, .crm], in: service)
      #expect(try await shown("locality", service, ada) == ["shop", "crm", "erp", "web"])
      // Two records say Bonn: the later of them is shown.
      try await save(.mostFrequent, in: service)
      #expect(try await shown("locality", service, ada) == ["web", "crm", "erp", "shop"])
      #expect(try await shown("givenName", service, ada) == ["erp", "web", "shop", "crm"])
      try await save(.mostRecent, in: service)
      #expect(try await service.respond(to: GetCustomer(customer: ada), as: .staff).json == before)
    }
  }

  @Test(arguments: SurvivorshipRule.allCases)
  func `what the database tells of current traits is what the view shows`(rule: SurvivorshipRule) async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let ada = try await person(service)
      _ = try await service.person("grace", ["locality": "Ulm"])
      try await save(rule, rule == .mostTrusted ? [.web] : nil, in: service)
      let current: [String] = try await service.database.shared.all(
        "SELECT source FROM base.current_traits WHERE customer = \(ada) ORDER BY name")
      #expect(
        current == [
          try await shown("givenName", service, ada)[0], try await shown("locality", service, ada)[0],
        ])
      let everybody: Int = try await service.database.shared.one(
        "SELECT count(*) FROM base.current_traits WHERE name = 'locality'")
      #expect(everybody == 2)
    }
  }

  @Test func `among equals the earliest profile's value is shown`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      _ = try await service.person("ada", ["locality": "Bonn"], email: "ada@example.com")
      let second = try await service.person("ada", ["locality": "Ulm"], email: "ada@example.com", source: .crm)
      for rule in SurvivorshipRule.allCases {
        try await save(rule, rule == .mostTrusted ? [.web] : nil, in: service)
        #expect(try await shown("locality", service, second.customer) == ["shop", "crm"])
      }
    }
  }

  @Test func `saving again replaces, and saving the same writes nothing`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      try await save(.mostTrusted, [.shop], in: service)
      service.clock.advance(seconds: 1)
      try await save(.mostTrusted, [.shop], in: service)
      try await save(.mostFrequent, in: service)
      let entries: Int = try await service.database.shared.one(
        "SELECT count(*) FROM base.journal WHERE type = 'traitPolicy.saved'")
      #expect(entries == 2)
      #expect(try await service.call(ListTraitPolicies()).items.map(\.rule) == [.mostFrequent])
    }
  }

  @Test(arguments: [
    #""rule": "mostTrusted""#, #""rule": "mostTrusted", "sources": []"#,
    #""rule": "mostRecent", "sources": ["shop"]"#, #""rule": "mostTrusted", "sources": ["shop", "shop"]"#,
  ])
  func `sources are for the rule that needs them, each once`(params: String) async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let refusal = try await service.refusal("traitPolicies.save", "{\"trait\": \"locality\", \(params)}")
      #expect(refusal.paths == ["/params/sources"])
    }
  }
}

extension SourceName {
  fileprivate static let erp = SourceName(fixed: "erp")
  fileprivate static let web = SourceName(fixed: "web")
}
