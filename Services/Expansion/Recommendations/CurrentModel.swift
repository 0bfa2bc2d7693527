import Models
import Postgres

/// The trained model that answers are taken from.
struct CurrentModel: Sendable {
  let model: ID<TrainingReport>
  let signals: SignalKind

  /// The model of the signals asked for, or the first of any that was trained.
  ///
  /// - Throws: `notFound` when nothing was trained.
  static func find(_ asked: SignalKind?, in database: any Database) async throws -> CurrentModel {
    let rows = try await database.rows("SELECT model, signals FROM expansion.models WHERE is_current")
    let trained = try rows.map { row in
      let (model, signals) = try row.decode(ID<TrainingReport>.self, String.self)
      return (model: model, signals: signals)
    }
    for signals in asked.map({ [$0] }) ?? SignalKind.allCases {
      if let model = trained.first(where: { $0.signals == signals.rawValue })?.model {
        return CurrentModel(model: model, signals: signals)
      }
    }
    throw Failure.notFound.about("model: nothing was trained, see recommendations.train")
  }

  /// The neighbours of these products, and the popular ones.
  func neighbours(of skus: [String], in database: any Database) async throws -> ItemNeighbours<String> {
    let near = database.send(
      """
      SELECT sku, neighbour, score FROM expansion.neighbours
      WHERE model = \(model) AND sku = ANY (\(skus)) ORDER BY sku, rank
      """)
    let popular = database.send(
      "SELECT sku, customers::int8 FROM expansion.popular_items WHERE model = \(model) ORDER BY rank")
    var neighbours: [String: [ItemNeighbours<String>.Neighbour]] = [:]
    for row in try await near.rows() {
      let (sku, neighbour, score) = try row.decode(String.self, String.self, Double.self)
      neighbours[sku, default: []].append(.init(item: neighbour, score: score))
    }
    return ItemNeighbours(
      neighbours: neighbours,
      popularity: try await popular.rows().map { row in
        let (sku, customers) = try row.decode(String.self, Int.self)
        return .init(item: sku, customers: customers)
      })
  }
}
