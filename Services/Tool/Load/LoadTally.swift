import JSON

/// What became of rows.
struct LoadTally: Codable, Equatable, Sendable {
  /// A row that the service did not take.
  struct Rejection: Codable, Equatable, Sendable {
    /// Number within the phase, from 1.
    var row: Int
    var message: String
  }

  /// How many rejections are kept to be shown.
  static let shownRejections = 5

  var new = 0
  var changed = 0
  var unchanged = 0
  var rejected = 0
  var rejections: [Rejection] = []

  init() {}

  /// Reads the answer of `*.import`, or of `events.collect`, whose duplicates are rows that change nothing.
  init(answer: [UInt8], to part: LoadPart) throws {
    let node = try JSONDocument(parsing: answer).root
    new = node["accepted"]?.integer ?? 0
    changed = node["updated"]?.integer ?? 0
    unchanged = (node["unchanged"] ?? node["duplicates"])?.integer ?? 0
    rejected = node["rejected"]?.count ?? 0
    rejections = (node["rejected"].map { Array($0.elements) } ?? []).prefix(Self.shownRejections).map { rejection in
      Rejection(
        row: part.firstRow + (rejection["index"]?.integer ?? 0), message: rejection["message"]?.string ?? "no reason")
    }
  }

  static func += (total: inout Self, part: Self) {
    total.new += part.new
    total.changed += part.changed
    total.unchanged += part.unchanged
    total.rejected += part.rejected
    total.rejections += part.rejections.prefix(max(0, shownRejections - total.rejections.count))
  }

  var text: String { "\(new) new, \(changed) changed, \(unchanged) unchanged, \(rejected) rejected" }
}
