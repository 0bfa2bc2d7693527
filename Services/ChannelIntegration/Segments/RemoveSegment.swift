import CustomerBase
import Models
import Server

/// Removes a segment. Whoever is in it leaves it without a change of their own: the journal says `segment.removed`.
struct RemoveSegment: Method {
  static let name = "segments.remove"
  static let access = Access.write(.segments)
  static let failures: [Failure] = [.notFound]

  /// The segment.
  var segment: SegmentKey

  static func example(in _: ExampleData) -> RemoveSegment { RemoveSegment(segment: SegmentKey(fixed: "english")) }

  func run(_ call: Call) async throws -> RemovedSegment {
    try await call.customerBase.remove(segment: segment.text)
    return RemovedSegment(segment: segment)
  }
}

/// A segment that is no more.
struct RemovedSegment: Codable, Sendable {
  /// Key that it had.
  var segment: SegmentKey
}
