import CustomerBase
import JSON
import Models
import Postgres
import Server

/// How customers want to be spoken to: on which channels, of what, in which language, and by which clock.
///
/// Preferences are traits of what customers say of themselves, so `self.update` takes one back with `null`. What is absent
/// stays. They are wishes: whether somebody may be written to at all is said by `self.consents.record`.
struct SetOwnPreferences: Method {
  static let name = "self.preferences.set"
  static let access = Access.own(.write)
  static let failures: [Failure] = [.notFound]

  /// Channels, the most liked first; 20 at most.
  var channels: [Channel]?
  /// What the customer wants to hear of; 50 at most, of 1 to 100 bytes each.
  var topics: [String]?
  /// Language to be spoken to in, as `de-AT`.
  var locale: LocaleTag?
  /// Time zone the customer lives in, as `Europe/Vienna`.
  var timeZone: String?

  static func example(in _: ExampleData) -> SetOwnPreferences {
    SetOwnPreferences(channels: [Channel(fixed: "email")], topics: ["tea"], locale: LocaleTag(fixed: "en"))
  }

  func run(_ call: Call) async throws -> OwnPreferences {
    guard (channels?.count ?? 0) <= 20 else {
      throw InvalidParam(path: "/params/channels", rule: "size", message: "has more than 20 elements")
    }
    guard (topics?.count ?? 0) <= 50 else {
      throw InvalidParam(path: "/params/topics", rule: "size", message: "has more than 50 elements")
    }
    for (place, topic) in (topics ?? []).enumerated() where !(1...100).contains(topic.utf8.count) {
      throw InvalidParam(path: "/params/topics/\(place)", rule: "size", message: "must be 1 to 100 bytes long")
    }
    if let timeZone {
      let isKnown: Bool = try await call.database.one(
        "SELECT EXISTS (SELECT FROM pg_timezone_names z WHERE z.name = \(timeZone))")
      guard isKnown else {
        throw InvalidParam(
          path: "/params/timeZone", rule: "known", message: "must be a time zone's name, as Europe/Vienna")
      }
    }
    var traits: [String: RawJSON] = [:]
    traits["preferredChannels"] = try channels.map { RawJSON(wellFormed: try encodeJSON($0)) }
    traits["topics"] = try topics.map { RawJSON(wellFormed: try encodeJSON($0)) }
    traits["locale"] = try locale.map { RawJSON(wellFormed: try encodeJSON($0)) }
    traits["timeZone"] = try timeZone.map { RawJSON(wellFormed: try encodeJSON($0)) }
    return OwnPreferences(try await call.tell(traits))
  }
}

/// How a customer wants to be spoken to; absent is what the customer has not said.
struct OwnPreferences: Codable, Sendable {
  /// Channels, the most liked first.
  var channels: RawJSON?
  /// What the customer wants to hear of.
  var topics: RawJSON?
  /// Language to be spoken to in.
  var locale: RawJSON?
  /// Time zone the customer lives in.
  var timeZone: RawJSON?

  init(_ told: [OwnTrait]) {
    let said = Dictionary(told.map { ($0.name, $0.value) }) { first, _ in first }
    channels = said["preferredChannels"]
    topics = said["topics"]
    locale = said["locale"]
    timeZone = said["timeZone"]
  }
}
