import Models
import TestSupport
import Testing

@testable import ChannelIntegration
@testable import Server

struct SavePurposeTests {
  private let research = PurposeKey(fixed: "research")

  @Test func `another text is another version, and what was told before stays`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let first = try await service.call(
        SavePurpose(key: research, text: ["en": "one", "de": "eins"], basis: .consent))
      #expect((first.textVersion, first.savedAt) == (1, service.clock.now))
      service.clock.advance(seconds: 60)
      let same = try await service.call(SavePurpose(key: research, text: ["de": "eins", "en": "one"], basis: .consent))
      #expect((same.textVersion, same.savedAt) == (1, first.savedAt))
      let second = try await service.call(SavePurpose(key: research, text: ["en": "two"], basis: .consent))
      #expect((second.textVersion, second.text) == (2, ["en": "two"]))
      let old = try await service.call(GetPurpose(key: research, textVersion: 1))
      #expect((old.text, old.savedAt) == (["en": "one", "de": "eins"], first.savedAt))
      #expect(try await service.call(GetPurpose(key: research)).text == ["en": "two"])
      let entries: Int = try await service.database.shared.one(
        "SELECT count(*) FROM base.journal WHERE type = 'purpose.saved'")
      #expect(entries == 2)
    }
  }

  @Test func `another basis holds at once, under the same text`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let ada = try await service.person("ada").customer
      let check = CheckConsent(customer: ada, purpose: "research")
      let text = ["en": "one"]
      _ = try await service.call(SavePurpose(key: research, text: text, basis: .consent))
      #expect(try await service.call(check).allowed == false)
      let saved = try await service.call(SavePurpose(key: research, text: text, basis: .legitimateInterests))
      #expect(saved.textVersion == 1)
      #expect(try await service.call(check).reason == "basis")
    }
  }

  @Test func `many who save one purpose at once make versions in a row`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let versions = try await withThrowingTaskGroup(of: Int.self) { group in
        for number in 0..<12 {
          group.addTask {
            try await service.call(SavePurpose(key: research, text: ["en": "text \(number)"], basis: .consent))
              .textVersion
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(versions.sorted() == Array(1...12))
    }
  }

  @Test(arguments: [
    (#"{}"#, "/params/text"), (#"{"english":"a"}"#, "/params/text"), (#"{"en":""}"#, "/params/text/en"),
    (#"{"en":7}"#, "/params/text/en"),
  ])
  func `a text that is none is refused where it is`(text: String, path: String) async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let params = #"{"key":"research","basis":"consent","text":\#(text)}"#
      #expect(try await service.refusal(of: "purposes.save", params)?.paths == [path])
      let wrong = #"{"key":"research","basis":"whim","text":{"en":"a"}}"#
      #expect(try await service.refusal(of: "purposes.save", wrong)?.paths == ["/params/basis"])
      let purposes = try await service.call(ListPurposes()).items
      #expect(purposes.count == 3)
    }
  }
}
