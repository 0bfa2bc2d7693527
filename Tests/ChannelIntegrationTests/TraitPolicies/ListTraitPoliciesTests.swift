import CustomerBase
import Models
import Testing
import TestSupport

@testable import ChannelIntegration
@testable import Server

struct ListTraitPoliciesTests {
  @Test func `policies come by the names of their traits, page by page`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      #expect(try await service.call(ListTraitPolicies()).items.isEmpty)
      for name in ["street", "Zip", "locality"] {
        _ = try await service.call(SaveTraitPolicy(trait: TraitName(normal: name), rule: .mostFrequent))
      }
      let all = try await service.everyPage { cursor in
        try await service.call(ListTraitPolicies(limit: Limit(2), cursor: cursor))
      }
      #expect(all.map(\.trait.text) == ["Zip", "locality", "street"])
      #expect(all.allSatisfy { $0.savedAt == service.clock.now && $0.sources.isEmpty })
    }
  }
}
