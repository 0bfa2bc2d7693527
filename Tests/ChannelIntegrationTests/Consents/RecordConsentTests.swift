import JSONRPC
import Models
import Testing
import TestSupport

@testable import ChannelIntegration
@testable import Server

struct RecordConsentTests {
  @Test func `a record stays under the profile it was given for, with its proof`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let ada = try await service.person("ada", email: "ada@example.com")
      let letter = try await service.person("letter", email: "ada@example.com")
      let params = """
        {"customer": "\(letter.profile)", "purpose": "marketing", "channel": "email", "state": "granted", \
        "basis": "consent", "evidence": {"form": "newsletter"}}
        """
      let record = try await service.call("consents.record", params)
      #expect(record["profile"]?.string == "\(letter.profile)")
      #expect(record["evidence"]?["form"]?.string == "newsletter")
      let history = try await service.call(ConsentHistory(customer: ada.customer))
      #expect(history.items.map(\.profile) == [letter.profile])
    }
  }

  @Test func `what is no consent is refused, and nothing is recorded`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let ada = try await service.person("ada").customer
      let wrong = "{\"customer\": \"\(ada)\", \"purpose\": \"marketing\", \"state\": \"maybe\", \"basis\": \"consent\"}"
      #expect(try await service.refusal("consents.record", wrong).paths == ["/params/state"])
      let baseless = "{\"customer\": \"\(ada)\", \"purpose\": \"marketing\", \"state\": \"granted\", \"basis\": \" \"}"
      #expect(try await service.refusal("consents.record", baseless).paths == ["/params/basis"])
      #expect(try await service.call(ConsentHistory(customer: ada)).items.isEmpty)
    }
  }

  @Test func `a record names the text that the person read, the latest where nothing else is said`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let ada = try await service.person("ada").customer
      let marketing = PurposeKey(fixed: "marketing")
      _ = try await service.call(SavePurpose(key: marketing, text: ["en": "Newer"], basis: .consent))
      var asked = RecordConsent(customer: ada, purpose: "marketing", state: .granted)
      let latest = try await service.call(asked)
      #expect((latest.textVersion, latest.basis) == (2, "consent"))
      asked.textVersion = 1
      #expect(try await service.call(asked).textVersion == 1)
      for unknown in [0, 3, -1] {
        asked.textVersion = unknown
        #expect(try await service.refusal(of: asked)?.paths == ["/params/textVersion"])
      }
      let history = try await service.call(ConsentHistory(customer: ada)).items
      #expect(Set(history.map(\.textVersion)) == [1, 2])
    }
  }
}
