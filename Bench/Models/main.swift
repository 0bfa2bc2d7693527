import Datasets
import Expansion
import Foundation
import Models
import Retention

// Compares fits and recommendations with the reference figures on the folder of reference data given as argument.
//
//   swift run -c release Bench ../shared/data

func report(_ line: String) {
  FileHandle.standardOutput.write(Data((line + "\n").utf8))
}

/// The answer of `work`, and the median of how long it took in several runs.
func timed<Answer>(runs: Int, _ work: () throws -> Answer) rethrows -> (answer: Answer, seconds: Double) {
  var seconds: [Double] = []
  let clock = ContinuousClock()
  var start = clock.now
  var answer = try work()
  seconds.append((clock.now - start) / .seconds(1))
  for _ in 1..<max(1, runs) {
    start = clock.now
    answer = try work()
    seconds.append((clock.now - start) / .seconds(1))
  }
  return (answer, seconds.sorted()[seconds.count / 2])
}

func rounded(_ number: Double, _ digits: Int = 4) -> String {
  String(format: "%.\(digits)f", number)
}

func benchLifetimeValues(_ name: String, _ purchases: [String: [Purchase]], end: Day, observed: Day) {
  let holdoutDays = observed.daysSinceEpoch - end.daysSinceEpoch
  let customers = purchases.sorted { $0.key < $1.key }.compactMap {
    ObservedCustomer($0.value, calibrationEnd: end, observationEnd: observed)
  }
  let histories = customers.map(\.history)
  let counts = timed(runs: 5) { BetaGeometricModel.fit(histories) }
  let spends = timed(runs: 5) { GammaGammaModel.fit(histories) }
  let whole = timed(runs: 3) { LifetimeValueFit(customers, holdoutDays: holdoutDays) }
  guard let fit = counts.answer, let spend = spends.answer, let backtest = whole.answer.backtest else {
    return report("\(name): no fit")
  }
  report("\(name): \(customers.count) customers")
  report("  BG/NBD \(fit.model) LL \(rounded(fit.logLikelihood, 6)), \(rounded(counts.seconds * 1000, 2)) ms")
  report("  Gamma-Gamma \(spend.model) LL \(rounded(spend.logLikelihood, 6)), \(rounded(spends.seconds * 1000, 2)) ms")
  report("  expected \(rounded(backtest.predicted, 1)) of \(backtest.actual), error")
  report("  \(rounded(backtest.meanAbsoluteError)) against \(rounded(backtest.baselineMeanAbsoluteError)),")
  report("  \(whole.answer.status.rawValue), all \(rounded(whole.seconds * 1000, 2)) ms")
}

func benchRecommendations(_ lines: [OnlineRetail.Line]) {
  let split = "2011-11-10"
  var invoices: Set<[String]> = []
  var signals: [Signal<String, String>] = []
  var bought: [String: [String: Double]] = [:]
  var later: [String: Set<String>] = [:]
  for line in lines where line.isPurchase {
    guard let customer = line.customer, let article = line.article else { continue }
    if line.invoicedAt < split {
      guard invoices.insert([customer, article, line.invoice]).inserted else { continue }
      signals.append(Signal(customer: customer, item: article))
      bought[customer, default: [:]][article, default: 0] += 1
    } else {
      later[customer, default: []].insert(article)
    }
  }
  let known = Set(signals.map(\.item))
  var tests: [(history: [(item: String, weight: Double)], owned: Set<String>, relevant: Set<String>)] = []
  for (customer, articles) in later.sorted(by: { $0.key < $1.key }) {
    guard let history = bought[customer] else { continue }
    let owned = Set(history.keys)
    let relevant = articles.intersection(known).subtracting(owned)
    if !relevant.isEmpty { tests.append((history.map { ($0.key, $0.value) }, owned, relevant)) }
  }
  report("Online Retail: \(signals.count) signals, \(bought.count) customers, \(known.count) items")
  report("  \(tests.count) customers tested")
  // The reference counts the item itself among its neighbours.
  let settings: [(name: String, weighting: ItemWeighting, neighbours: Int)] = [
    ("popular", .cosine, 0), ("cosine K=20", .cosine, 19), ("TF-IDF K=20", .tfidf, 19), ("BM25 K=20", .bm25(), 19),
    ("BM25 K=50", .bm25(), 49), ("TF-IDF K=100", .tfidf, 99), ("TF-IDF K=200", .tfidf, 199),
  ]
  for setting in settings {
    let model = timed(runs: 3) {
      ItemNeighbours(signals, weighting: setting.weighting, neighboursPerItem: setting.neighbours) { _, _ in }
    }
    let answers = timed(runs: 1) {
      tests.map { model.answer.recommend(history: $0.history, excluding: $0.owned, limit: 10).map(\.item) }
    }
    var recall = 0.0
    var gain = 0.0
    var precision = 0.0
    for (answer, test) in zip(answers.answer, tests) {
      var hits = 0
      var discounted = 0.0
      var precisions = 0.0
      for (rank, item) in answer.enumerated() where test.relevant.contains(item) {
        hits += 1
        discounted += 1 / log2(Double(rank + 2))
        precisions += Double(hits) / Double(rank + 1)
      }
      let possible = min(10, test.relevant.count)
      recall += Double(hits) / Double(test.relevant.count)
      gain += discounted / (0..<possible).reduce(0) { $0 + 1 / log2(Double($1 + 2)) }
      precision += precisions / Double(possible)
    }
    let count = Double(tests.count)
    report(
      "  \(setting.name): recall \(rounded(recall / count)) NDCG \(rounded(gain / count))"
        + " MAP \(rounded(precision / count)), fit \(rounded(model.seconds, 3)) s,"
        + " all answers \(rounded(answers.seconds, 3)) s")
  }
}

guard let folder = CommandLine.arguments.dropFirst().first else {
  report("usage: Bench <folder of reference data>")
  exit(2)
}
do {
  var purchases: [String: [Purchase]] = [:]
  for purchase in try CDNOW.purchases(path: "\(folder)/cdnow/CDNOW_sample.txt") {
    guard let day = Day(purchase.day), let amount = Double(purchase.amount) else { continue }
    purchases[String(purchase.customer), default: []].append(Purchase(day: day, amount: amount))
  }
  if let end = Day("1997-09-30"), let observed = Day("1998-06-30") {
    benchLifetimeValues("CDNOW", purchases, end: end, observed: observed)
  }
  let read = try timed(runs: 1) {
    var lines: [OnlineRetail.Line] = []
    try OnlineRetail.forEachLine(path: "\(folder)/online-retail/online_retail.csv.gz") { lines.append($0) }
    return lines
  }
  report("Online Retail: \(read.answer.count) lines read in \(rounded(read.seconds, 2)) s")
  purchases = [:]
  for line in read.answer where line.isPurchase {
    guard let customer = line.customer, let day = Day(line.invoicedAt.prefix(10)), let price = Double(line.unitPrice)
    else { continue }
    purchases[customer, default: []].append(Purchase(day: day, amount: price * Double(line.quantity)))
  }
  if let end = Day("2011-08-31"), let observed = Day("2011-12-09") {
    benchLifetimeValues("Online Retail", purchases, end: end, observed: observed)
  }
  benchRecommendations(read.answer)
} catch {
  report("\(error)")
  exit(1)
}
