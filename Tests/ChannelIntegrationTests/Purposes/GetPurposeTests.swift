import Models
import TestSupport
import Testing

@testable import ChannelIntegration
@testable import Server

struct GetPurposeTests {
  @Test func `the suite comes with three purposes in two languages`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      for (key, basis) in [
        ("service", LegalBasis.contract), ("marketing", .consent), ("profiling", .legitimateInterests),
      ] {
        let purpose = try await service.call(GetPurpose(key: PurposeKey(normal: key)))
        #expect((purpose.basis, purpose.textVersion, purpose.savedAt) == (basis, 1, nil))
        #expect(purpose.text.keys.sorted() == ["de", "en"])
      }
    }
  }

  @Test func `an unknown purpose or version is not found`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let unknown = try await service.refusal(of: GetPurpose(key: PurposeKey(fixed: "fun")))
      #expect((unknown?.type, unknown?.detail) == ("not_found", "purpose"))
      #expect(try await service.refusal(of: GetPurpose(key: .profiling, textVersion: 2))?.type == "not_found")
      #expect(try await service.refusal(of: GetPurpose(key: .profiling, textVersion: -1))?.type == "not_found")
    }
  }
}
