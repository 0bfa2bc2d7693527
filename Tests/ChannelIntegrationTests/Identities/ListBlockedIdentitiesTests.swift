import CustomerBase
import Models
import Testing
import TestSupport

@testable import ChannelIntegration
@testable import Server

struct ListBlockedIdentitiesTests {
  @Test func `values come by kind and value, page by page, with whoever blocked them`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      for value in ["+49 30 1234568", "+49 30 1234567"] {
        _ = try await service.call(BlockIdentity(kind: .phone, value: value, reason: Reason(fixed: "switchboard")))
      }
      let all = try await service.everyPage { cursor in
        try await service.call(ListBlockedIdentities(limit: Limit(3), cursor: cursor))
      }
      #expect(
        all.map(\.value) == [
          "abc@abc.com", "asdf@asdf.com", "na@na.com", "noemail@noemail.com", "none@none.com", "test@test.com",
          "+49301234567",
          "+49301234568",
        ])
      #expect(all.filter { $0.blockedAt == nil }.count == 6)
      let phones = try await service.call(ListBlockedIdentities(kind: .phone)).items
      #expect(phones.map(\.reason) == ["switchboard", "switchboard"])
      #expect(phones.allSatisfy { $0.blockedAt == service.clock.now && $0.blockedBy == Principal.staff.key })
    }
  }
}
