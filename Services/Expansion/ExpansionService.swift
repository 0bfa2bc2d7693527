import Postgres
import Server

/// Grow the customers who stay.
public enum ExpansionService: SuiteService {
  public static let name = "expansion"
  public static let summary = "What else a customer may want: recommendations from orders and from the click-stream."
  public static let schema = SchemaMigrations(schema: "expansion", migrations: Embedded.migrations)
  public static let contract = Embedded.contract

  public static let methods: [any Method.Type] = [
    RecommendForCustomer.self,
    SimilarProducts.self,
    TrainRecommendations.self,
  ]

  public static let works: [any Work.Type] = [TrainRecommendationsWork.self]
}

extension Noun {
  static let recommendations = Noun(rawValue: "recommendations")
}
