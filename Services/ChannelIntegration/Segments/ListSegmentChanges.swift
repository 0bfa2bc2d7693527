import CustomerBase
import JSONRPC
import Models
import Server

/// Lists who entered and left segments, in the order in which it was committed; nothing ever comes before what was listed.
///
/// To follow segments, ask for what came `since` the position of the last change that was seen.
struct ListSegmentChanges: Method {
  static let name = "segments.changes"
  static let access = Access.snapshot(.segments)

  /// A time, or the position of a change; all changes where absent.
  var since: SegmentChangesStart?
  /// Only those of this segment.
  var segment: SegmentKey?
  /// Changes on a page.
  var limit: Limit?
  /// Where the last page ended.
  var cursor: String?

  static func example(in _: ExampleData) -> ListSegmentChanges {
    ListSegmentChanges(since: SegmentChangesStart(fixed: "2026-01-01T00:00:00Z"), limit: Limit(2))
  }

  func run(_ call: Call) async throws -> Page<SegmentChange> {
    let limit = (limit ?? .standard).count
    let filter = [since?.text, segment?.text]
    let after = try Cursor<String>.position(cursor, of: filter).flatMap { JournalPosition($0) } ?? since?.position
    let changes = try await call.customerBase.segmentChanges(
      of: segment?.text, after: after, from: since?.time, limit: limit + 1)
    return try Page(changes, limit: limit, filter: filter, position: \.position.text, item: \.change)
  }
}

/// Where a list of changes begins: a time of RFC 3339, or a change's position.
struct SegmentChangesStart: TextValue {
  let text: String
  static let expectation = "a time of RFC 3339, or the position of a change"

  init(normal text: String) { self.text = text }

  static func normalise(_ text: String) -> String? {
    Timestamp(text) == nil && JournalPosition(text) == nil ? nil : text
  }

  var time: Timestamp? { Timestamp(text) }
  var position: JournalPosition? { JournalPosition(text) }
}

extension SegmentChangesStart: SchemaDescribing {
  static var schema: JSONSchema { JSONSchema(.string) }
}
