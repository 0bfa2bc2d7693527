import Datasets

/// An event as `events.collect` takes it.
struct EventRow: Encodable {
  /// What the shop's analysts add to each event.
  struct Properties: Encodable {
    let session: String
    let platform: String
    let channel: String
    let cohort: String
    let lifecycle: String
  }

  let type: String
  var event: String?
  let messageId: String
  let anonymousId: String
  var userId: String?
  let timestamp: String
  var properties: Properties?
}

extension ClickStream {
  /// Every step of a visit as an event of a visitor nobody knows, until the first purchase.
  static func phases(_ path: String) throws -> [LoadPhase] {
    var buyers: Set<String> = []
    var rows: [EventRow] = []
    for (index, event) in try events(path: path).enumerated() {
      // Buyers sign in to pay, so a visitor's first purchase tells the account.
      if event.name == "purchase", buyers.insert(event.user).inserted {
        rows.append(
          EventRow(
            type: "identify", messageId: "click-stream-\(event.user)", anonymousId: event.user, userId: event.user,
            timestamp: event.occurredAt))
      }
      rows.append(
        EventRow(
          type: "track", event: event.name, messageId: "click-stream-\(index + 1)", anonymousId: event.user,
          timestamp: event.occurredAt,
          properties: .init(
            session: event.session, platform: event.platform, channel: event.acquisitionChannel, cohort: event.cohort,
            lifecycle: event.lifecycle)))
    }
    return [LoadPhase(title: "click-stream events", kind: .events, rows: rows)]
  }
}
