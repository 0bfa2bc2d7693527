import CustomerBase
import Models
import Postgres
import Server

/// Products a customer may want next, best first, with the reasons.
///
/// Products go with what the customer chose before; where that leads to too few, popular ones follow, so that somebody
/// nobody knows gets an answer too. What was bought already is left out unless asked for.
struct RecommendForCustomer: AboutCustomer, Profiling {
  static let name = "recommendations.forCustomer"
  static let access = Access.snapshot(.recommendations, also: [.customer])
  static let failures: [Failure] = [.notFound]

  /// The customer, by any of its profiles.
  var customer: ID<Customer>
  /// Products to answer, 1 to 200; 10 when absent.
  var limit: Limit?
  /// Which training to use; the one by orders when absent, or else that by events.
  var signals: SignalKind?
  /// Whether products that were bought already may come again.
  var includeBought: Bool?

  static func example(in data: ExampleData) -> RecommendForCustomer {
    RecommendForCustomer(customer: data.ada, limit: Limit(2))
  }

  func run(_ call: Call) async throws -> RecommendedProducts {
    let customer = try await call.customerBase.customer(of: customer)
    let model = try await CurrentModel.find(signals, in: call.database)
    let history = try await productSignals(model.signals, before: nil, of: customer, in: call.database)
    let bought =
      model.signals == .orders
      ? history : try await productSignals(.orders, before: nil, of: customer, in: call.database)
    let neighbours = try await model.neighbours(of: history.map(\.item), in: call.database)
    let recommendations = neighbours.recommend(
      history: history.map { ($0.item, $0.weight) },
      excluding: includeBought == true ? [] : Set(bought.map(\.item)), limit: (limit ?? Limit(10)).count)
    return RecommendedProducts(
      items: recommendations.map { recommended in
        RecommendedProduct(
          sku: recommended.item, score: recommended.score, basis: recommended.basis.rawValue,
          reasons: recommended.reasons.map { RecommendationReason(sku: $0.item, share: $0.share) })
      })
  }
}

/// Products, best first.
struct RecommendedProducts: Codable, Sendable {
  /// The products.
  var items: [RecommendedProduct]
}

/// A product a customer may want.
struct RecommendedProduct: Codable, Sendable {
  /// The product.
  var sku: String
  /// Comparable within one basis: the sum of likenesses, or the number of customers who chose it.
  var score: Double
  /// `history` when it goes with what the customer chose, `popularity` otherwise.
  var basis: String
  /// Products of the customer's history that speak for it, the strongest first; none when it is popular only.
  var reasons: [RecommendationReason]
}

/// A product that speaks for another one.
struct RecommendationReason: Codable, Sendable {
  /// Product of the customer's history.
  var sku: String
  /// Part of the score that comes from it, above 0 and at most 1.
  var share: Double
}
