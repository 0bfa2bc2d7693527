/// Recency, frequency and monetary value of a customer on the day of the analysis.
public struct RFMMeasures: Hashable, Codable, Sendable {
  /// Days since the last order.
  public var recencyDays: Int
  /// Number of orders.
  public var frequency: Int
  /// Sum of the orders' amounts.
  public var monetaryValue: Double

  public init(recencyDays: Int, frequency: Int, monetaryValue: Double) {
    self.recencyDays = recencyDays
    self.frequency = frequency
    self.monetaryValue = monetaryValue
  }
}

/// A customer's place among all customers in each measure, from 1 (least good) to the number of bins (best).
public struct RFMScores: Hashable, Codable, Sendable {
  /// Score of the recency: the highest for the most recent.
  public var recency: Int
  /// Score of the number of orders.
  public var frequency: Int
  /// Score of the sum of amounts.
  public var monetaryValue: Int

  public init(recency: Int, frequency: Int, monetaryValue: Int) {
    self.recency = recency
    self.frequency = frequency
    self.monetaryValue = monetaryValue
  }
}

/// The scale that scores customers by recency, frequency and monetary value against all the others.
///
/// The rule is that of the R package rfm 0.3: the cut points of a measure are its quantiles (type 7 of Hyndman & Fan
/// 1996, Sample Quantiles in Statistical Packages) at 1/bins, 2/bins, … plus 1, and a value's score is one more than
/// the number of cut points that it reaches; recency counts downwards from the number of bins. The plus 1 makes a
/// whole number that equals the quantile fall below the cut; the package adds it to amounts just so, whatever the
/// currency's unit, and so does this.
public struct RFMScoring: Hashable, Codable, Sendable {
  /// Numbers of bins that may be asked for.
  public static let allowedBins = 2...10

  /// Number of scores in each measure.
  public let bins: Int
  /// Cut points in days since the last order, ascending.
  public let recencyCuts: [Double]
  /// Cut points in orders, ascending.
  public let frequencyCuts: [Double]
  /// Cut points in money, ascending.
  public let monetaryValueCuts: [Double]

  /// The scale that these customers make.
  ///
  /// Nil when there are no customers, or `bins` is not in 2…10.
  public init?(_ customers: [RFMMeasures], bins: Int = 5) {
    guard Self.allowedBins.contains(bins), !customers.isEmpty else { return nil }
    self.bins = bins
    recencyCuts = Self.cuts(customers.map { Double($0.recencyDays) }, bins: bins)
    frequencyCuts = Self.cuts(customers.map { Double($0.frequency) }, bins: bins)
    monetaryValueCuts = Self.cuts(customers.map(\.monetaryValue), bins: bins)
  }

  /// The scores of a customer on this scale.
  public func scores(_ customer: RFMMeasures) -> RFMScores {
    RFMScores(
      recency: bins - Self.reached(recencyCuts, by: Double(customer.recencyDays)),
      frequency: 1 + Self.reached(frequencyCuts, by: Double(customer.frequency)),
      monetaryValue: 1 + Self.reached(monetaryValueCuts, by: customer.monetaryValue))
  }

  /// The segment of a customer on this scale.
  public func segment(_ customer: RFMMeasures) -> RFMSegment {
    RFMSegment(scores(customer), bins: bins)
  }

  private static func cuts(_ values: [Double], bins: Int) -> [Double] {
    let sorted = values.sorted()
    return (1..<bins).map { quantile(sorted, $0, of: bins) + 1 }
  }

  /// The quantile of type 7 at part/parts of values in ascending order.
  private static func quantile(_ sorted: [Double], _ part: Int, of parts: Int) -> Double {
    // Whole numbers as far as they go: (n − 1) · 3/5 in binary fractions may fall just short of a whole position.
    let (below, rest) = ((sorted.count - 1) * part).quotientAndRemainder(dividingBy: parts)
    guard rest > 0 else { return sorted[below] }
    return sorted[below] + (sorted[below + 1] - sorted[below]) * Double(rest) / Double(parts)
  }

  private static func reached(_ cuts: [Double], by value: Double) -> Int {
    cuts.reduce(0) { $1 <= value ? $0 + 1 : $0 }
  }
}
