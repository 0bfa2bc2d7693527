import Models
import TestSupport
import Testing

@testable import ChannelIntegration
@testable import Server

struct RecordOwnConsentTests {
  @Test func `what a customer takes back holds from the answer on`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let customer = try await service.person("ada").customer
      let ada = Principal.customer(customer)
      let check = CheckConsent(customer: customer, purpose: "profiling")
      for (state, allowed) in [(ConsentDecision.withdrawn, false), (.granted, true), (.withdrawn, false)] {
        service.clock.advance(seconds: 1)
        let record = try await service.call(RecordOwnConsent(purpose: .profiling, state: state), as: ada)
        #expect((record.textVersion, record.basis) == (1, "legitimateInterests"))
        #expect(try await service.call(check).allowed == allowed)
      }
    }
  }

  @Test func `nobody's word changes a contract, and what is unknown is refused`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let ada = Principal.customer(try await service.person("ada").customer)
      let contract = RecordOwnConsent(purpose: PurposeKey(fixed: "service"), state: .withdrawn)
      #expect(try await service.refusal(of: contract, as: ada)?.type == "wrong_state")
      let fun = RecordOwnConsent(purpose: PurposeKey(fixed: "fun"), state: .granted)
      #expect(try await service.refusal(of: fun, as: ada)?.detail == "purpose")
      let unread = RecordOwnConsent(purpose: .profiling, state: .withdrawn, textVersion: 7)
      #expect(try await service.refusal(of: unread, as: ada)?.paths == ["/params/textVersion"])
      let records: Int = try await service.database.shared.one("SELECT count(*) FROM base.consents")
      #expect(records == 0)
    }
  }
}
