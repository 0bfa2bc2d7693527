import CustomerBase
import Models
import Server

/// Lists the customers in a segment, by id.
///
/// Whoever is listed is meant, and not by that agreed to anything: `consents.check` is asked at use.
struct ListSegmentMembers: Profiling {
  static let name = "segments.members"
  static let access = Access.snapshot(.segments)
  static let failures: [Failure] = [.notFound]

  /// The segment.
  var segment: SegmentKey
  /// Customers on a page.
  var limit: Limit?
  /// Where the last page ended.
  var cursor: String?

  static func example(in _: ExampleData) -> ListSegmentMembers {
    ListSegmentMembers(segment: SegmentKey(fixed: "english"))
  }

  func run(_ call: Call) async throws -> Page<SegmentMember> {
    let limit = (limit ?? .standard).count
    let after = try Cursor<ID<Customer>>.position(cursor, of: segment)
    guard try await call.customerBase.segment(segment.text) != nil else { throw Failure.notFound.about("segment") }
    let members = try await call.customerBase.members(of: segment.text, after: after, limit: limit + 1)
    return try Page(members, limit: limit, filter: segment, position: \.customer, item: { $0 })
  }
}
