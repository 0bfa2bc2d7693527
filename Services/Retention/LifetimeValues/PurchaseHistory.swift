import Models

/// What a customer bought on one day.
public struct Purchase: Hashable, Sendable {
  /// Day of the purchase, UTC.
  public var day: Day
  /// What was paid.
  public var amount: Double

  public init(day: Day, amount: Double) {
    self.day = day
    self.amount = amount
  }
}

/// All that the models of lifetime value need to know of a customer: how often, how recently, for how long and for
/// how much.
///
/// Purchases of one day count as one, with their amounts added up, and the first day makes the customer, so it is not
/// counted as a repeat (Fader, Hardie & Lee 2005, "Counting Your Customers" the Easy Way, Marketing Science 24(2)).
public struct PurchaseHistory: Hashable, Codable, Sendable {
  /// Days with a purchase after the first one: x.
  public var frequency: Int
  /// Weeks from the first to the last purchase: t_x, 0 without a repeat.
  public var recencyWeeks: Double
  /// Weeks from the first purchase to the end of observation: T.
  public var ageWeeks: Double
  /// Mean amount of the repeat days, 0 without one.
  public var meanRepeatSpend: Double

  public init(frequency: Int, recencyWeeks: Double, ageWeeks: Double, meanRepeatSpend: Double) {
    self.frequency = frequency
    self.recencyWeeks = recencyWeeks
    self.ageWeeks = ageWeeks
    self.meanRepeatSpend = meanRepeatSpend
  }

  /// Reduces purchases, in any order, to the history at the end of a day.
  ///
  /// Purchases after `end` are left out; nil when nothing remains.
  public init?(_ purchases: some Sequence<Purchase>, through end: Day) {
    var amounts: [Day: Double] = [:]
    for purchase in purchases where purchase.day <= end {
      amounts[purchase.day, default: 0] += purchase.amount
    }
    // Added up in the order of the days, so that the same purchases always give the same bits.
    let days = amounts.sorted { $0.key < $1.key }
    guard let first = days.first?.key, let last = days.last?.key else { return nil }
    let repeats = days.dropFirst()
    self.init(
      frequency: repeats.count,
      recencyWeeks: Double(last.daysSinceEpoch - first.daysSinceEpoch) / 7,
      ageWeeks: Double(end.daysSinceEpoch - first.daysSinceEpoch) / 7,
      meanRepeatSpend: repeats.isEmpty ? 0 : repeats.reduce(0) { $0 + $1.value } / Double(repeats.count))
  }
}

/// A customer as seen for a backtest: the history to the end of calibration, and what followed.
public struct ObservedCustomer: Hashable, Sendable {
  /// History to the end of calibration.
  public var history: PurchaseHistory
  /// Days with a purchase in the hold-out.
  public var holdoutPurchases: Int

  public init(history: PurchaseHistory, holdoutPurchases: Int) {
    self.history = history
    self.holdoutPurchases = holdoutPurchases
  }

  /// Splits purchases, in any order, at the end of calibration.
  ///
  /// The hold-out runs from the day after `calibrationEnd` through `observationEnd`; nil when the customer bought
  /// nothing before it, for there was no customer yet to predict.
  public init?(_ purchases: some Collection<Purchase>, calibrationEnd: Day, observationEnd: Day) {
    guard let history = PurchaseHistory(purchases, through: calibrationEnd) else { return nil }
    let later = purchases.lazy.map(\.day).filter { $0 > calibrationEnd && $0 <= observationEnd }
    self.init(history: history, holdoutPurchases: Set(later).count)
  }
}
