import Models
import TestSupport
import Testing

@testable import ChannelIntegration
@testable import Server

struct ListPurposesTests {
  @Test func `pages bring every purpose once, by key`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      for key in ["zeal", "Analysis", "research"] {
        _ = try await service.call(SavePurpose(key: PurposeKey(normal: key), text: ["en": key], basis: .publicTask))
      }
      let all = try await service.everyPage { try await service.call(ListPurposes(limit: Limit(2), cursor: $0)) }
      #expect(all.map(\.key.text) == ["Analysis", "marketing", "profiling", "research", "service", "zeal"])
    }
  }

  @Test func `customers may read what their data are for`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let ada = try await service.person("ada").customer
      #expect(try await service.call(ListPurposes(), as: .customer(ada)).items.count == 3)
      let saving = SavePurpose(key: PurposeKey(fixed: "x"), text: ["en": "x"], basis: .consent)
      #expect(try await service.refusal(of: saving, as: .customer(ada))?.type == "forbidden")
    }
  }
}
