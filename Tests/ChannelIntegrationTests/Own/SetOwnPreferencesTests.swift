import Models
import TestSupport
import Testing

@testable import ChannelIntegration
@testable import Server

struct SetOwnPreferencesTests {
  @Test func `preferences are kept one by one and seen by everybody`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let customer = try await service.person("ada").customer
      let ada = Principal.customer(customer)
      _ = try await service.call(
        SetOwnPreferences(
          channels: [Channel(fixed: "phone"), Channel(fixed: "email")], locale: LocaleTag(fixed: "de-AT")),
        as: ada)
      let set = try await service.call(SetOwnPreferences(topics: ["tea"], timeZone: "Europe/Vienna"), as: ada)
      #expect(set.channels?.text == #"["phone", "email"]"#)
      #expect(set.topics?.text == #"["tea"]"#)
      #expect(set.locale?.text == #""de-AT""#)
      #expect(set.timeZone?.text == #""Europe/Vienna""#)
      let seen = try await service.call("customers.get", #"{"customer":"\#(customer)"}"#)["traits"]
      #expect(
        Set(seen?.elements.compactMap { $0["name"]?.string } ?? [])
          == ["preferredChannels", "topics", "locale", "timeZone"])
      _ = try await service.call(UpdateOwnTraits(traits: ["timeZone": .null]), as: ada)
      #expect(try await service.call(SetOwnPreferences(), as: ada).timeZone == nil)
    }
  }

  @Test(arguments: [
    (#"{"timeZone":"Vienna"}"#, "/params/timeZone"), (#"{"locale":"german"}"#, "/params/locale"),
    (#"{"channels":["by hand"]}"#, "/params/channels/0"), (#"{"topics":["tea",""]}"#, "/params/topics/1"),
  ])
  func `what is no preference is refused where it is`(params: String, path: String) async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let ada = Principal.customer(try await service.person("ada").customer)
      #expect(try await service.refusal(of: "self.preferences.set", params, as: ada)?.paths == [path])
    }
  }
}
