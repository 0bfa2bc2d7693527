import Models

/// The value chain in figures.
struct Scorecard: Codable, Sendable {
  var asOf: Timestamp
  var timeZone: String
  var from: Day
  var to: Day
  var acquisition: AcquisitionFigures
  var retention: RetentionFigures
  var expansion: ExpansionFigures
  var channelIntegration: ChannelFigures
}

/// Visitors, and who became a buyer.
struct AcquisitionFigures: Codable, Sendable {
  /// Customers, and visitors nobody knows, with events in the period.
  var visitors: Int
  var events: Int
  /// Visitors known by an account.
  var identifiedVisitors: Int
  /// Customers whose first purchase lies in the period.
  var newCustomers: Int
}

/// Who stayed.
struct RetentionFigures: Codable, Sendable {
  /// Customers who bought in the period.
  var activeCustomers: Int
  /// Customers who bought before the period, and not in it.
  var lapsedCustomers: Int
  /// Share of the active customers who have bought on more than one day, ever.
  var repeatRate: Double?
  /// Share of the new customers who bought on a second day by the end of the period.
  var secondPurchaseRate: Double?
}

/// How much they bought.
struct ExpansionFigures: Codable, Sendable {
  var orders: Int
  /// Orders per active customer.
  var ordersPerCustomer: Double?
  /// Revenue per order, by currency, rounded to two decimals.
  var averageOrder: [Money]
  /// Revenue by currency.
  var revenue: [Money]
}

/// One view of each customer.
struct ChannelFigures: Codable, Sendable {
  var customers: Int
  var profiles: Int
  /// Customers known by more than one profile.
  var linkedCustomers: Int
  /// Customers whose latest record on marketing is a consent.
  var reachableForMarketing: Int
}
