import CustomerBase
import JSON
import Models

/// What kind of event Segment's libraries send.
enum EventType: String, Codable, CaseIterable, Sendable {
  case track
  case identify
  case page
  case screen
  case group
  case alias
}

/// An event as a library sent it: what the suite uses of it, and the whole text.
struct TrackedEvent: Sendable {
  var type: EventType
  /// What happened: a track event's own name, a page's or screen's, otherwise the type.
  var name: String
  var messageId: String?
  var anonymousId: String?
  var userId: String?
  var times: EventTimes
  var traits: JSONNode?
  var body: RawJSON

  static let maximumBytes = 32 * 1024

  /// Reads an event; `type` is that of the route where the event does not bear one.
  ///
  /// Members that are not used are kept and never refused.
  init(_ node: JSONNode, type: EventType? = nil) throws(EventFault) {
    guard node.kind == .object else { throw EventFault("is no object") }
    guard node.rawBytes.count <= Self.maximumBytes else { throw EventFault("is larger than 32 KB") }
    guard let type = type ?? node["type"]?.string.flatMap({ EventType(rawValue: $0) }) else {
      throw EventFault("has no type of track, identify, page, screen, group or alias")
    }
    self.type = type
    name = try Self.text(node, type == .track ? "event" : "name", longest: 200) ?? type.rawValue
    messageId = try Self.text(node, "messageId", longest: 200)
    anonymousId = try Self.text(node, type == .alias ? "previousId" : "anonymousId", longest: 200)
    userId = try Self.text(node, "userId", longest: 200)
    if anonymousId == nil, userId == nil { throw EventFault("has neither anonymousId nor userId") }
    times = EventTimes(
      timestamp: node["timestamp"]?.string.flatMap { Timestamp($0) },
      originalTimestamp: node["originalTimestamp"]?.string.flatMap { Timestamp($0) },
      sentAt: node["sentAt"]?.string.flatMap { Timestamp($0) })
    traits = type == .identify ? node["traits"] : nil
    body = node.raw
  }

  private static func text(_ node: JSONNode, _ name: String, longest: Int) throws(EventFault) -> String? {
    guard let member = node[name], !member.isNull else { return nil }
    // Libraries send numbers for ids now and then.
    let text = member.string ?? member.integer.map(String.init)
    guard let text else { throw EventFault("has \(name) that is no text") }
    guard text.utf8.count <= longest else { throw EventFault("has \(name) of more than \(longest) bytes") }
    let normal = IdentifierKind.anonymous.normalise(text)
    return normal
  }

  var sighting: Sighting {
    Sighting(anonymousId: anonymousId, userId: userId, identifies: type == .identify || type == .alias)
  }
}

/// Why an event is not taken.
struct EventFault: Error {
  let message: String

  init(_ message: String) {
    self.message = message
  }
}

/// What a library says of an event's time.
struct EventTimes: Sendable {
  var timestamp: Timestamp?
  var originalTimestamp: Timestamp?
  var sentAt: Timestamp?

  /// When it happened, by the server's clock.
  ///
  /// With `sentAt` the sender's clock need not be right: what lies between happening and sending is taken from it, and
  /// the rest from the moment of receipt (Segment's tracking specification, "Timestamps"). Clocks so wrong that no moment
  /// of the calendar is left count as none.
  func occurred(receivedAt: Timestamp) -> Timestamp {
    if let sentAt, let happened = originalTimestamp ?? timestamp {
      let age = sentAt.microsecondsSinceEpoch - happened.microsecondsSinceEpoch
      let corrected = Timestamp(microsecondsSinceEpoch: receivedAt.microsecondsSinceEpoch - age)
      return corrected.isWritable ? corrected : receivedAt
    }
    return timestamp ?? receivedAt
  }
}
