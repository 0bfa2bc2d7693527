import Models
import TestSupport
import Testing

@testable import ChannelIntegration
@testable import Server

struct OwnConsentsTests {
  @Test func `each purpose is told in the language asked for, with what the customer has said`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let ada = try await service.person("ada", email: "ada@example.com")
      let letter = try await service.person("letter", email: "ada@example.com")
      for (profile, state, channel) in [
        (ada.profile, ConsentDecision.granted, nil as String?), (letter.profile, .withdrawn, "phone"),
      ] {
        service.clock.advance(seconds: 1)
        _ = try await service.call(
          RecordConsent(
            customer: ID(profile), purpose: "marketing", channel: channel.map { Channel(normal: $0) }, state: state))
      }
      let asked = OwnConsents(locale: LocaleTag(fixed: "de-AT"))
      let told = try await service.call(asked, as: .customer(ID(letter.profile))).items
      #expect(told.map(\.purpose.text) == ["marketing", "profiling", "service"])
      #expect(told.map(\.text).allSatisfy { $0.contains("en") && !$0.contains("Tell") })
      #expect(told.map(\.allowed) == [true, true, true])
      #expect(told.map(\.reason) == ["granted", "basis", "basis"])
      #expect(told.map(\.canDecide) == [true, true, false])
      #expect(told[0].since == service.clock.now.adding(seconds: -1))
      #expect(told[0].channels.map(\.channel) == ["phone"])
      #expect(told[0].channels.map(\.state) == [.withdrawn])
      for purpose in told {
        let check = try await service.call(CheckConsent(customer: ada.customer, purpose: purpose.purpose.text))
        #expect((check.allowed, check.reason) == (purpose.allowed, purpose.reason))
      }
      let other = try await service.call(OwnConsents(locale: LocaleTag(fixed: "fr")), as: .customer(ada.customer))
      #expect(other.items[0].text == "Tell about products and offers")
    }
  }
}
