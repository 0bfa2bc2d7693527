import CustomerBase
import JSON
import JSONRPC
import Models
import Server

/// Takes up to 1,000 events as Segment's libraries send them: `track`, `identify`, `page`, `screen`, `group`, `alias`.
///
/// An event is stored under the profile of its `anonymousId`, or else of its `userId`; `identify` links the two. What
/// came before by its `messageId` is a duplicate and changes nothing. With `sentAt` the time of an event is corrected for
/// a wrong clock. An event that is not in order is rejected by itself, and with type `erased` one that names an erased
/// person by an id that nobody has taken on since.
struct CollectEvents: Method, Bulk {
  static let name = "events.collect"
  static let access = Access.write(.events, also: [.site])

  /// Events, in the shape of Segment's tracking specification; members that are not used are kept.
  var batch: EventBatch
  /// When the batch was sent, by the sender's clock; an event's own `sentAt` goes before it.
  var sentAt: Timestamp?

  static func example(in _: ExampleData) -> CollectEvents {
    CollectEvents(
      batch: EventBatch(
        example: #"""
          [{"type":"track","event":"Product Viewed","messageId":"m-1","anonymousId":"visitor-7",
          "timestamp":"2026-01-01T09:59:00Z","properties":{"sku":"TEA-100"}}]
          """#))
  }

  func run(_ call: Call) async throws -> CollectedEvents {
    var report = CollectedEvents(accepted: 0, duplicates: 0, rejected: batch.rejected, refused: [])
    var events: [ReceivedEvent] = []
    var positions: [Int] = []
    var seen: Set<String> = []
    for (index, event) in zip(batch.indexes, batch.events) {
      let messageId = event.messageId ?? "\(call.ids.make(TrackedEvent.self))"
      if seen.insert(messageId).inserted {
        var times = event.times
        times.sentAt = times.sentAt ?? sentAt
        positions.append(index)
        events.append(
          ReceivedEvent(event: event, messageId: messageId, occurredAt: times.occurred(receivedAt: call.now)))
      } else {
        report.duplicates += 1
      }
    }
    let stored = try await call.store(events)
    report.accepted = stored.count
    report.refused = stored.refused
    report.duplicates += events.count - stored.count - stored.erased.count
    report.rejected += stored.erased.map {
      RejectedRow(index: positions[$0], type: Failure.erased.type, message: Failure.erased.message)
    }
    report.rejected.sort { $0.index < $1.index }
    return report
  }
}

/// What became of a batch of events.
struct CollectedEvents: Codable, Sendable {
  /// Events that were stored.
  var accepted: Int
  /// Events that had come before.
  var duplicates: Int
  /// Events that are not in order, and those of erased people.
  var rejected: [RejectedRow]
  /// Events that were stored although they do not join visitor and account as they ask for.
  var refused: [RefusedIdentification]
}

/// An event whose visitor and account are not linked. Whom it would have joined is not told to a website.
struct RefusedIdentification: Codable, Sendable {
  /// The event's `messageId`.
  var messageId: String
  /// Why the two are not linked.
  var reason: LinkRefusal
}

/// An event that is about to be stored.
struct ReceivedEvent: Sendable {
  var event: TrackedEvent
  var messageId: String
  var occurredAt: Timestamp
}

/// Events of a call, each read by itself.
struct EventBatch: Codable, Sendable {
  private(set) var events: [TrackedEvent] = []
  /// Where in the call each of them stands.
  private(set) var indexes: [Int] = []
  private(set) var rejected: [RejectedRow] = []
  /// The call's own text of them.
  private var node: JSONNode?

  /// The events of a JSON array, or one event where the node is an object.
  init(_ node: JSONNode, type: EventType? = nil) {
    self.node = node
    let nodes = node.kind == .array ? Array(node.elements) : [node]
    for (index, node) in nodes.enumerated() {
      do {
        events.append(try TrackedEvent(node, type: type))
        indexes.append(index)
      } catch {
        rejected.append(RejectedRow(index: index, type: "invalid_params", message: error.message))
      }
    }
  }

  init(example text: StaticString) {
    if let document = try? JSONDocument(parsing: Array("\(text)".utf8)) {
      self.init(document.root)
    } else {
      self.init()
    }
  }

  private init() {}

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let node = try container.decode(JSONNode.self)
    guard node.kind == .array else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "must be an array")
    }
    guard node.count <= 1000 else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "has more than 1000 events")
    }
    self.init(node)
  }

  func encode(to encoder: any Encoder) throws {
    try (node?.raw ?? RawJSON(wellFormed: "[]")).encode(to: encoder)
  }
}

extension EventBatch: SchemaDescribing {
  static var schema: JSONSchema {
    var schema = JSONSchema.array(of: JSONSchema(.object))
    schema.maximumItems = 1000
    return schema
  }
  static var example: EventBatch { EventBatch() }
}
