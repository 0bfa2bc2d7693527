import Models
import Postgres
import Server

/// A handful of figures for each activity of the value chain, over the days from `from` up to `to`, UTC.
///
/// Cancelled and returned orders are no purchases. A rate is absent where there is nobody it could be a share of.
struct GetScorecard: Method {
  static let name = "scorecard.get"
  static let access = Access.report(.scorecard)

  /// First day.
  var from: Day
  /// Day after the last one.
  var to: Day

  static func example(in _: ExampleData) -> GetScorecard {
    GetScorecard(from: ExampleData.now.day.adding(days: -365), to: ExampleData.now.day.adding(days: 1))
  }

  func run(_ call: Call) async throws -> Scorecard {
    guard from < to else {
      throw InvalidParam(path: "/params/to", rule: "range", message: "must be after from")
    }
    let buyers = call.database.send(buyerFigures)
    let revenue = call.database.send(revenueFigures)
    let visits = call.database.send(visitFigures)
    let base = call.database.send(customerFigures)
    let jobs = call.database.send(jobFigures)
    let revenues = try await revenue.rows().map { row in
      let (code, orders, amount, average, latest) = try row.decode(
        String.self, Int.self, Amount.self, Amount.self, Timestamp.self)
      let currency = Currency(normal: code)
      return (
        orders: orders, revenue: Money(amount: amount, currency: currency),
        average: Money(amount: average, currency: currency), latest: latest
      )
    }
    let (new, second, active, repeating, lapsed) =
      try await buyers.rows().first?.decode(
        Int.self, Int.self, Int.self, Int.self, Int.self) ?? (0, 0, 0, 0, 0)
    let (visitors, events, identified, latestEvent) =
      try await visits.rows().first?.decode(
        Int.self, Int.self, Int.self, Timestamp?.self) ?? (0, 0, 0, nil)
    let (customers, profiles, linked, reachable) =
      try await base.rows().first?.decode(
        Int.self, Int.self, Int.self, Int.self) ?? (0, 0, 0, 0)
    let (succeeded, failed) = try await jobs.rows().first?.decode(Int.self, Int.self) ?? (0, 0)
    return Scorecard(
      asOf: call.now, timeZone: "UTC", from: from, to: to,
      acquisition: AcquisitionFigures(
        visitors: visitors, events: events, identifiedVisitors: identified, newCustomers: new),
      retention: RetentionFigures(
        activeCustomers: active, lapsedCustomers: lapsed, repeatRate: share(repeating, of: active),
        secondPurchaseRate: share(second, of: new)),
      expansion: ExpansionFigures(
        orders: revenues.reduce(0) { $0 + $1.orders },
        ordersPerCustomer: share(revenues.reduce(0) { $0 + $1.orders }, of: active),
        averageOrder: revenues.map(\.average),
        revenue: revenues.map(\.revenue)),
      channelIntegration: ChannelFigures(
        customers: customers, profiles: profiles, linkedCustomers: linked, reachableForMarketing: reachable),
      performanceMeasurement: PerformanceFigures(
        latestOrderAt: revenues.map(\.latest).max(), latestEventAt: latestEvent, jobsSucceeded: succeeded,
        jobsFailed: failed))
  }

  private func share(_ part: Int, of all: Int) -> Double? {
    all == 0 ? nil : Double(part) / Double(all)
  }

  /// New customers, those of them who bought on another day, active ones, repeaters among them, and lapsed ones.
  private var buyerFigures: SQL {
    """
    WITH days AS (
      SELECT DISTINCT m.customer, (o.ordered_at AT TIME ZONE 'UTC')::date AS day
      FROM base.orders o JOIN base.members m ON m.profile = o.profile
      WHERE o.status IN ('placed', 'fulfilled') AND o.ordered_at < \(to.start)
    ), buyers AS (
      SELECT customer, min(day) AS first, max(day) AS last, count(*) AS days FROM days GROUP BY customer
    )
    SELECT count(*) FILTER (WHERE first >= \(from)), count(*) FILTER (WHERE first >= \(from) AND days > 1),
      count(*) FILTER (WHERE last >= \(from)), count(*) FILTER (WHERE last >= \(from) AND days > 1),
      count(*) FILTER (WHERE last < \(from))
    FROM buyers
    """
  }

  private var revenueFigures: SQL {
    """
    SELECT o.currency, count(*), sum(o.total), round(avg(o.total), 2), max(o.ordered_at)
    FROM base.orders o
    WHERE o.status IN ('placed', 'fulfilled') AND o.ordered_at >= \(from.start) AND o.ordered_at < \(to.start)
    GROUP BY o.currency ORDER BY o.currency
    """
  }

  /// Customers and visitors with events, their events, and those of them who are known by an account.
  private var visitFigures: SQL {
    """
    SELECT count(*), COALESCE(sum(v.events), 0)::int8, count(*) FILTER (WHERE EXISTS (
        SELECT FROM base.members n JOIN base.identifiers i ON i.profile = n.profile
        WHERE n.customer = v.customer AND i.kind = 'user')), max(v.latest)
    FROM (
      SELECT m.customer, count(*) AS events, max(e.occurred_at) AS latest
      FROM acquisition.events e JOIN base.members m ON m.profile = e.profile
      WHERE e.occurred_at >= \(from.start) AND e.occurred_at < \(to.start)
      GROUP BY m.customer
    ) v
    """
  }

  /// Customers, profiles, customers of several profiles, and those who may be told of offers: by their latest word for
  /// all channels, or for one channel and later than a withdrawal from all.
  private var customerFigures: SQL {
    """
    SELECT count(*), COALESCE(sum(c.profiles), 0)::int8, count(*) FILTER (WHERE c.profiles > 1), (
        SELECT count(DISTINCT s.customer) FROM (
          SELECT l.customer, l.channel, l.state, l.recorded_at,
            max(l.recorded_at) FILTER (WHERE l.channel IS NULL AND l.state = 'withdrawn') OVER (PARTITION BY l.customer)
              AS withdrawn_at
          FROM (
            SELECT DISTINCT ON (m.customer, r.channel) m.customer, r.channel, r.state, r.recorded_at
            FROM base.consents r JOIN base.members m ON m.profile = r.profile
            WHERE r.purpose = 'marketing' AND r.recorded_at < \(to.start)
            ORDER BY m.customer, r.channel, r.recorded_at DESC, r.state DESC
          ) l
        ) s
        WHERE s.state = 'granted' AND (s.withdrawn_at IS NULL OR s.recorded_at > s.withdrawn_at)
      )
    FROM (SELECT customer, count(*) AS profiles FROM base.members GROUP BY customer) c
    """
  }

  /// Jobs that succeeded, and that failed.
  private var jobFigures: SQL {
    """
    SELECT count(*) FILTER (WHERE j.state = 'succeeded'), count(*) FILTER (WHERE j.state = 'failed') FROM base.jobs j
    WHERE j.finished_at >= \(from.start) AND j.finished_at < \(to.start)
    """
  }
}
