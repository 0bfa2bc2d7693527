import CustomerBase
import Models
import Server

/// Lists the segments by key.
struct ListSegments: Method {
  static let name = "segments.list"
  static let access = Access.read(.segments)

  /// Segments on a page.
  var limit: Limit?
  /// Where the last page ended.
  var cursor: String?

  static func example(in _: ExampleData) -> ListSegments { ListSegments() }

  func run(_ call: Call) async throws -> Page<ListedSegment> {
    let limit = (limit ?? .standard).count
    let after = try Cursor<String>.position(cursor, of: Self.name)
    let segments = try await call.customerBase.segments(after: after, limit: limit + 1)
    return try Page(segments, limit: limit, filter: Self.name, position: \.key, item: ListedSegment.init)
  }
}
