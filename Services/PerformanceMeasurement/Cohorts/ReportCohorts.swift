import Models
import Postgres
import Server

/// Customers by when they first bought, and how many of each cohort bought again in the periods after it.
///
/// Weeks begin on Monday; all in UTC. Cancelled and returned orders are no purchases. What happened before `from` makes a
/// customer no part of any cohort of the report.
struct ReportCohorts: Method {
  static let name = "cohorts.report"
  static let access = Access.report(.cohorts)

  /// Length of the periods.
  var grain: Grain
  /// First day of the first cohort's purchases.
  var from: Day
  /// Day after the last purchases that count.
  var to: Day
  /// Only orders of this source.
  var source: SourceName?

  static func example(in _: ExampleData) -> ReportCohorts {
    ReportCohorts(grain: .month, from: ExampleData.now.day.adding(days: -365), to: ExampleData.now.day)
  }

  func run(_ call: Call) async throws -> CohortReport {
    guard from < to, to.daysSinceEpoch - from.daysSinceEpoch <= 3660 else {
      throw InvalidParam(path: "/params/to", rule: "range", message: "must be after from, by ten years at most")
    }
    let rows = try await call.database.rows(
      """
      WITH purchases AS (
        SELECT m.customer, date_trunc(\(grain.rawValue), o.ordered_at AT TIME ZONE 'UTC')::date AS period, o.currency,
          min(o.ordered_at) AS first_at, sum(o.total) AS revenue
        FROM base.orders o JOIN base.members m ON m.profile = o.profile
        WHERE o.status IN ('placed', 'fulfilled') AND o.ordered_at < \(to.start)
          AND (\(source?.text)::text IS NULL OR o.source = \(source?.text))
        GROUP BY m.customer, 2, o.currency
      ), cohorts AS (
        -- Who bought in several currencies in one period is counted once, with the first of them.
        SELECT min(period) OVER w AS cohort, period, currency, revenue, min(first_at) OVER w AS first_at,
          row_number() OVER (PARTITION BY customer, period ORDER BY currency) = 1 AS counts
        FROM purchases
        WINDOW w AS (PARTITION BY customer)
      )
      SELECT c.cohort, c.period, c.currency, sum(c.revenue),
        (sum(count(*) FILTER (WHERE c.counts)) OVER (PARTITION BY c.cohort, c.period))::int8
      FROM cohorts c
      WHERE c.first_at >= \(from.start)
      GROUP BY c.cohort, c.period, c.currency
      ORDER BY c.cohort, c.period, c.currency
      """)
    var cohorts: [Cohort] = []
    for row in rows {
      let (start, period, currency, revenue, customers) = try row.decode(
        Day.self, Day.self, String.self, Amount.self, Int.self)
      if cohorts.last?.start != start { cohorts.append(Cohort(start: start, customers: customers, periods: [])) }
      let number = grain.periods(from: start, to: period)
      let money = Money(amount: revenue, currency: Currency(normal: currency))
      cohorts[cohorts.count - 1].add(money, of: customers, in: number)
    }
    return CohortReport(asOf: call.now, timeZone: "UTC", grain: grain, cohorts: cohorts)
  }
}

/// Length of a report's periods.
enum Grain: String, Codable, CaseIterable, Sendable {
  /// Weeks that begin on Monday.
  case week
  /// Months of the calendar.
  case month

  /// Periods from the one that begins on a day to the one that begins on a later day.
  func periods(from start: Day, to later: Day) -> Int {
    switch self {
    case .week: return (later.daysSinceEpoch - start.daysSinceEpoch) / 7
    case .month:
      let (first, last) = (start.civil, later.civil)
      return (last.year - first.year) * 12 + last.month - first.month
    }
  }
}

/// Cohorts at a moment.
struct CohortReport: Codable, Sendable {
  /// When the figures were taken.
  var asOf: Timestamp
  /// Time zone in which periods begin.
  var timeZone: String
  /// Length of the periods.
  var grain: Grain
  /// Cohorts that have customers, earliest first.
  var cohorts: [Cohort]
}

/// Customers who first bought in one period.
struct Cohort: Codable, Sendable {
  /// First day of the period.
  var start: Day
  /// Customers who first bought in it; of the period that holds `from`, those who did so on that day or later.
  var customers: Int
  /// What they bought, in it and after it; periods without a purchase are left out.
  var periods: [CohortPeriod]

  mutating func add(_ revenue: Money, of active: Int, in period: Int) {
    if periods.last?.period == period {
      periods[periods.count - 1].revenue.append(revenue)
    } else {
      let retention = Double(active) / Double(customers)
      periods.append(CohortPeriod(period: period, customers: active, retention: retention, revenue: [revenue]))
    }
  }
}

/// A cohort's purchases in one period.
struct CohortPeriod: Codable, Sendable {
  /// Periods since the cohort's own, which is 0.
  var period: Int
  /// Customers of the cohort who bought in it.
  var customers: Int
  /// Their part of the cohort, 0 to 1.
  var retention: Double
  /// What they bought, by currency.
  var revenue: [Money]
}
