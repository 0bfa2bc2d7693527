import CustomerBase
import Models
import Postgres

/// A lifetime value model that is in use for a source, or for all orders together.
struct PublishedModel: Sendable {
  /// Horizon of the figures that are kept for lists.
  static let listHorizonDays = 365

  /// Empty for all orders.
  var source: String
  var calibrationEnd: Day
  var currency: Currency
  var purchases: BetaGeometricModel
  var spend: GammaGammaModel

  /// The model in use; nil when none was published.
  static func inUse(source: SourceName?, in database: any Database) async throws -> PublishedModel? {
    try await all(where: "source = \(source?.text ?? "")", in: database).first
  }

  static func all(where condition: SQL, in database: any Database) async throws -> [PublishedModel] {
    let rows = try await database.rows(
      """
      SELECT source, calibration_end, currency, r, alpha, a, b, p, q, v FROM retention.lifetime_models
      WHERE \(condition) ORDER BY source
      """)
    return try rows.map { row in
      let (source, calibrationEnd, currency, r, alpha, a, b, p, q, v) = try row.decode(
        String.self, Day.self, String.self, Double.self, Double.self, Double.self, Double.self, Double.self,
        Double.self, Double.self)
      return PublishedModel(
        source: source, calibrationEnd: calibrationEnd, currency: Currency(normal: currency),
        purchases: BetaGeometricModel(r: r, alpha: alpha, a: a, b: b), spend: GammaGammaModel(p: p, q: q, v: v))
    }
  }

  var sourceName: SourceName? { SourceName(source) }

  func publish(in base: CustomerBase) async throws {
    try await base.database.execute(
      """
      INSERT INTO retention.lifetime_models
        (source, calibration_end, currency, r, alpha, a, b, p, q, v, fitted_at)
      VALUES (\(source), \(calibrationEnd), \(currency.text), \(purchases.r), \(purchases.alpha), \(purchases.a),
        \(purchases.b), \(spend.p), \(spend.q), \(spend.v), \(base.now))
      ON CONFLICT ON CONSTRAINT lifetime_models_pkey DO UPDATE SET
        calibration_end = excluded.calibration_end, currency = excluded.currency, r = excluded.r,
        alpha = excluded.alpha, a = excluded.a, b = excluded.b, p = excluded.p, q = excluded.q, v = excluded.v,
        fitted_at = excluded.fitted_at
      """)
  }

  /// The figures of each customer with a purchase before the end of calibration.
  func values(of customers: [CustomerPurchases.OfOne]) -> [(customer: ID<Customer>, value: LifetimeValue)] {
    customers.compactMap { one in
      PurchaseHistory(one.purchases, through: calibrationEnd).map {
        (one.customer, LifetimeValue($0, purchases: purchases, spend: spend, horizonDays: Self.listHorizonDays))
      }
    }
  }

  /// Keeps the figures in place of those of the customers named, or of all.
  func write(
    _ values: [(customer: ID<Customer>, value: LifetimeValue)], replacing customers: [ID<Customer>]?,
    in base: CustomerBase
  ) async throws {
    let some: SQL = customers.map { "customer = ANY (\($0))" } ?? "true"
    _ = base.database.send("DELETE FROM retention.lifetime_values WHERE source = \(source) AND \(some)")
    try await base.database.execute(
      """
      INSERT INTO retention.lifetime_values
        (source, customer, expected_purchases, expected_value, probability_alive)
      SELECT \(source), g.customer, g.expected_purchases, g.expected_value, g.probability_alive
      FROM unnest(
        \(values.map(\.customer)), \(values.map(\.value.expectedPurchases)), \(values.map(\.value.expectedValue)),
        \(values.map(\.value.probabilityAlive))
      ) AS g (customer, expected_purchases, expected_value, probability_alive)
      """)
  }
}
