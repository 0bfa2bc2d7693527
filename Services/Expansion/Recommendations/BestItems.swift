/// An item by its number, with a score.
struct ScoredItem: Hashable, Sendable {
  /// Place of the item among all items in ascending order.
  var number: Int32
  /// The higher the better.
  var score: Double

  /// The one order of all lists: by score descending, then by item.
  static func isBetter(_ left: Self, _ right: Self) -> Bool {
    left.score > right.score || (left.score == right.score && left.number < right.number)
  }
}

/// The best of many items, kept while they come.
struct BestItems {
  private let limit: Int
  private var kept: [ScoredItem] = []
  private var least = -Double.infinity

  init(limit: Int) {
    self.limit = max(0, limit)
  }

  mutating func add(_ item: ScoredItem) {
    guard item.score >= least, limit > 0 else { return }
    kept.append(item)
    // Cut back when twice too long, so that many items cost about their number and not a sort of them.
    if kept.count >= 2 * limit + 32 {
      cut()
      least = kept.last?.score ?? least
    }
  }

  /// The best, in order.
  func sorted() -> [ScoredItem] {
    var copy = self
    copy.cut()
    return copy.kept
  }

  private mutating func cut() {
    kept.sort(by: ScoredItem.isBetter)
    if kept.count > limit { kept.removeLast(kept.count - limit) }
  }
}
