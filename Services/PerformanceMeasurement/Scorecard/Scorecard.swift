import Models

/// The value chain in figures.
struct Scorecard: Codable, Sendable {
  /// When the figures were taken.
  var asOf: Timestamp
  /// Time zone in which days begin.
  var timeZone: String
  /// First day.
  var from: Day
  /// Day after the last one.
  var to: Day
  /// Visitors, and who became a buyer.
  var acquisition: AcquisitionFigures
  /// Who stayed.
  var retention: RetentionFigures
  /// How much they bought.
  var expansion: ExpansionFigures
  /// One view of each customer.
  var channelIntegration: ChannelFigures
  /// How fresh the facts are, and how the suite's own work went.
  var performanceMeasurement: PerformanceFigures
}

/// Visitors, and who became a buyer.
struct AcquisitionFigures: Codable, Sendable {
  /// Customers, and visitors nobody knows, with events in the period.
  var visitors: Int
  /// Events in the period.
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
  /// Orders in the period.
  var orders: Int
  /// Orders per active customer.
  var ordersPerCustomer: Double?
  /// Revenue per order, by currency, rounded to two decimals.
  var averageOrder: [Money]
  /// Revenue by currency.
  var revenue: [Money]
}

/// One view of each customer, as it is now.
struct ChannelFigures: Codable, Sendable {
  /// Customers there are, visitors nobody knows included.
  var customers: Int
  /// Profiles of all customers.
  var profiles: Int
  /// Customers known by more than one profile.
  var linkedCustomers: Int
  /// Customers who allow marketing on one channel at least by the end of the period.
  var reachableForMarketing: Int
}

/// What the figures rest on.
struct PerformanceFigures: Codable, Sendable {
  /// Latest purchase of the period; absent without one.
  var latestOrderAt: Timestamp?
  /// Latest event of the period; absent without one.
  var latestEventAt: Timestamp?
  /// Jobs of all services that succeeded in the period.
  var jobsSucceeded: Int
  /// Jobs of all services that failed in the period.
  var jobsFailed: Int
}
