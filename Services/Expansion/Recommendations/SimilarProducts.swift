import Models
import Postgres
import Server

/// Products that go with a product, best first: what the same customers chose.
struct SimilarProducts: Profiling {
  static let name = "recommendations.similar"
  static let access = Access.snapshot(.recommendations, also: [.customer])
  static let failures: [Failure] = [.notFound]

  /// The product.
  var sku: SKU
  /// Products to answer, 1 to 50; 10 when absent.
  var limit: Limit?
  /// Which training to use; the one by orders when absent, or else that by events.
  var signals: SignalKind?

  static func example(in _: ExampleData) -> SimilarProducts {
    SimilarProducts(sku: SKU(fixed: "TEA-100"), limit: Limit(2))
  }

  func run(_ call: Call) async throws -> SimilarItems {
    let model = try await CurrentModel.find(signals, in: call.database)
    return SimilarItems(
      items: try await call.database.all(
        """
        SELECT neighbour AS sku, score FROM expansion.neighbours
        WHERE model = \(model.model) AND sku = \(sku.text) ORDER BY rank LIMIT \((limit ?? Limit(10)).count)
        """))
  }
}

/// Products, best first.
struct SimilarItems: Codable, Sendable {
  /// The products.
  var items: [SimilarProduct]
}

/// A product that goes with another one.
struct SimilarProduct: Codable, Sendable {
  /// The product.
  var sku: String
  /// Likeness; comparable among the neighbours of one product.
  var score: Double
}
