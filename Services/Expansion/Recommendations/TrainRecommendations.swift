import Models
import Server

/// Learns which products go together, by item-to-item collaborative filtering over orders or over the click-stream.
///
/// The job's result says how many customers and products there were. What was learnt before is replaced when the job
/// succeeds.
struct TrainRecommendations: Profiling {
  static let name = "recommendations.train"
  static let access = Access.write(.recommendations)

  /// What to learn from.
  var signals: SignalKind
  /// Only what happened before this moment.
  var before: Timestamp?
  /// How signals become likeness; `bm25` when absent.
  var weighting: WeightingName?

  static func example(in _: ExampleData) -> TrainRecommendations { TrainRecommendations(signals: .orders) }

  func run(_ call: Call) async throws -> JobReference {
    try call.start(TrainRecommendationsWork(signals: signals, before: before, weighting: weighting ?? .bm25))
  }
}

/// What recommendations are learnt from.
enum SignalKind: String, Codable, CaseIterable, Sendable {
  /// Products in orders that were not cancelled or returned.
  case orders
  /// Events of the click-stream that name a product by `sku` or `product_id` in their properties.
  case events
}

/// How signals become likeness between products.
enum WeightingName: String, Codable, CaseIterable, Sendable {
  /// Cosine of the numbers of signals.
  case cosine
  /// Cosine after term frequency and inverse document frequency.
  case tfidf
  /// Okapi BM25, k1 1.2 and b 0.75.
  case bm25

  var weighting: ItemWeighting {
    switch self {
    case .cosine: .cosine
    case .tfidf: .tfidf
    case .bm25: .bm25()
    }
  }
}
