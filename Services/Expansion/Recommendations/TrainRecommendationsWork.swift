import CustomerBase
import Models
import Postgres
import Server

/// The work of `recommendations.train`.
struct TrainRecommendationsWork: Work {
  static let name = "recommendations.train"
  private static let neighboursPerItem = 50
  private static let popularItems = 500

  var signals: SignalKind
  var before: Timestamp?
  var weighting: WeightingName

  func run(_ job: JobRun) async throws -> JobResult<TrainingReport> {
    let found = try await job.snapshot { try await productSignals(signals, before: before, of: nil, in: $0) }
    try await job.report(0.3)
    let neighbours = try ItemNeighbours(
      found, weighting: weighting.weighting, neighboursPerItem: Self.neighboursPerItem
    ) { _, _ in try Task.checkCancellation() }
    try await job.report(0.7)
    let report = TrainingReport(
      signals: signals, customers: Set(found.map(\.customer)).count, products: neighbours.items.count)
    let model = job.ids.make(TrainingReport.self)
    try await write(neighbours, report, as: model, job)
    return JobResult(report) { base in
      _ = base.database.send("DELETE FROM expansion.models WHERE signals = \(signals.rawValue) AND model <> \(model)")
      try await base.database.execute("UPDATE expansion.models SET is_current = true WHERE model = \(model)")
      base.append([try JournalEntry(subject: nil, type: "recommendations.trained", payload: report)])
    }
  }

  /// Writes the model in parts, so that no transaction is long; nobody sees it until it is made the current one.
  private func write(
    _ neighbours: ItemNeighbours<String>, _ report: TrainingReport, as model: ID<TrainingReport>, _ job: JobRun
  ) async throws {
    let popular = Array(neighbours.popularity.prefix(Self.popularItems))
    try await job.write { base in
      _ = base.database.send(
        """
        INSERT INTO expansion.models (model, signals, is_current, customers, products, before, trained_at)
        VALUES (\(model), \(signals.rawValue), false, \(report.customers), \(report.products), \(before), \(base.now))
        """)
      try await base.database.execute(
        """
        INSERT INTO expansion.popular_items (model, rank, sku, customers)
        SELECT \(model), p.rank, p.sku, p.customers
        FROM unnest(\(popular.map(\.item)), \(popular.map(\.customers))) WITH ORDINALITY AS p (sku, customers, rank)
        """)
    }
    var done = 0
    for chunk in neighbours.items.chunked(by: 500) {
      let rows = chunk.flatMap { sku in
        neighbours.similar(to: sku, limit: Self.neighboursPerItem).enumerated().map { rank, neighbour in
          (sku: sku, rank: rank + 1, neighbour: neighbour)
        }
      }
      _ = try await job.write { base in
        try await base.database.execute(
          """
          INSERT INTO expansion.neighbours (model, sku, rank, neighbour, score)
          SELECT \(model), n.sku, n.rank, n.neighbour, n.score
          FROM unnest(
            \(rows.map(\.sku)), \(rows.map(\.rank)), \(rows.map(\.neighbour.item)), \(rows.map(\.neighbour.score))
          ) AS n (sku, rank, neighbour, score)
          """)
      }
      done += chunk.count
      try await job.report(0.7 + 0.3 * Double(done) / Double(neighbours.items.count))
    }
  }
}

/// What was learnt from.
struct TrainingReport: Codable, Sendable {
  var signals: SignalKind
  var customers: Int
  var products: Int
}

extension Array {
  fileprivate func chunked(by count: Int) -> [ArraySlice<Element>] {
    stride(from: 0, to: self.count, by: count).map { self[$0..<Swift.min($0 + count, self.count)] }
  }
}
