/// A group of customers alike in recency, frequency and monetary value.
///
/// The segments are those of the documentation of the R package rfm 0.3, tried in the order in which they stand here:
/// the first whose intervals hold all three scores is the customer's.
public enum RFMSegment: String, Hashable, Codable, CaseIterable, Sendable {
  /// Bought lately, often and most.
  case champions
  /// Bought lately and more than once.
  case potentialLoyalist
  /// Buys regularly.
  case loyalCustomers
  /// Bought lately, seldom, for much.
  case promising
  /// Bought lately for the first times.
  case newCustomers
  /// Bought often and for much, and long ago.
  case cannotLoseThem
  /// Bought for much, and long ago.
  case atRisk
  /// Bought often and for much, and has begun to stay away.
  case needAttention
  /// Bought seldom, and has begun to stay away.
  case aboutToSleep
  /// Bought longest ago.
  case lost
  /// None of the above.
  case others

  /// The segment of these scores on a scale of that many bins.
  ///
  /// Segments are defined on five bins: a score of another scale is first brought to it so that its ends meet those of
  /// the five and the rest lies evenly between, halves rounded up.
  public init(_ scores: RFMScores, bins: Int = 5) {
    let recency = Self.onFiveBins(scores.recency, bins: bins)
    let frequency = Self.onFiveBins(scores.frequency, bins: bins)
    let monetaryValue = Self.onFiveBins(scores.monetaryValue, bins: bins)
    self =
      Self.allCases.first {
        let intervals = $0.intervals
        return intervals.recency.contains(recency) && intervals.frequency.contains(frequency)
          && intervals.monetaryValue.contains(monetaryValue)
      } ?? .others
  }

  /// The name people know the segment by.
  public var title: String {
    switch self {
    case .champions: "Champions"
    case .potentialLoyalist: "Potential Loyalist"
    case .loyalCustomers: "Loyal Customers"
    case .promising: "Promising"
    case .newCustomers: "New Customers"
    case .cannotLoseThem: "Can't Lose Them"
    case .atRisk: "At Risk"
    case .needAttention: "Need Attention"
    case .aboutToSleep: "About To Sleep"
    case .lost: "Lost"
    case .others: "Others"
    }
  }

  private typealias Intervals = (
    recency: ClosedRange<Int>, frequency: ClosedRange<Int>, monetaryValue: ClosedRange<Int>
  )

  private var intervals: Intervals {
    switch self {
    case .champions: (5...5, 5...5, 5...5)
    case .potentialLoyalist: (3...5, 3...5, 2...5)
    case .loyalCustomers: (2...4, 2...4, 2...4)
    case .promising: (3...4, 1...3, 3...5)
    case .newCustomers: (4...5, 1...3, 1...5)
    case .cannotLoseThem: (1...2, 3...4, 4...5)
    case .atRisk: (1...2, 2...5, 4...5)
    case .needAttention: (1...3, 3...5, 3...5)
    case .aboutToSleep: (2...3, 1...3, 1...4)
    case .lost: (1...1, 1...5, 1...5)
    case .others: (1...5, 1...5, 1...5)
    }
  }

  private static func onFiveBins(_ score: Int, bins: Int) -> Int {
    guard bins > 1 else { return score }
    return 1 + (8 * (score - 1) + bins - 1) / (2 * (bins - 1))
  }
}
