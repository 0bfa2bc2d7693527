import CustomerBase
import Models
import Testing
import TestSupport

@testable import ChannelIntegration
@testable import Server

struct ListAuditTests {
  @Test func `staff read who did what, page by page, and nobody else does`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let ada = try await service.person("ada")
      for number in 0..<5 { _ = try await service.person("p-\(number)") }
      let integration = Principal.service(scopes: ["profiles:write"])
      _ = try await service.call(
        UpsertProfile(source: .shop, externalId: ExternalID(fixed: "other")), as: integration)
      _ = try await service.call(EraseCustomer(customer: ada.customer))

      let all = try await service.everyPage { try await service.call(ListAudit(limit: Limit(2), cursor: $0)) }
      #expect(all.count == 8 && all.first?.type == "profile.erased")
      let ofAda = try await service.call(ListAudit(customer: ada.customer)).items
      #expect(ofAda.map(\.type) == ["profile.erased", "profile.created"] && ofAda.map(\.isErased) == [false, true])
      #expect(ofAda.allSatisfy { $0.subject == ada.profile && $0.actor == Principal.staff.key })
      let byIntegration = try await service.call(ListAudit(actor: integration.key)).items
      #expect(byIntegration.count == 1)
      #expect(try await service.call(ListAudit(method: "privacy.erase")).items.count == 1)
      #expect(try await service.call(ListAudit(type: "profile.created")).items.count == 7)
      #expect(try await service.call(ListAudit(from: service.clock.now)).items.count == 8)
      #expect(try await service.call(ListAudit(to: service.clock.now)).items.isEmpty)
      for principal in [Principal.customer(ada.customer), .site, .service(scopes: ["audit:read"])] {
        #expect(try await service.refusal(of: ListAudit(), as: principal)?.type == "forbidden")
      }
    }
  }
}
