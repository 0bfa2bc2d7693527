import Foundation

/// How signals become likeness between items.
public enum ItemWeighting: Hashable, Sendable {
  /// Cosine of the weights.
  case cosine
  /// Cosine of the square roots of the weights, each times the logarithm of how few items its customer chose.
  case tfidf
  /// Product of the weights after Okapi BM25 with an item for a document and a customer for a term: `k1` bounds what
  /// many signals of one customer count, `b` from 0 to 1 how much popular items are held back.
  case bm25(k1: Double = 1.2, b: Double = 0.75)
}

extension ItemNeighbours {
  /// Finds the neighbours of each item among the signals.
  ///
  /// Weights of one customer and item add up; a weight that is not positive is left out, and of a customer with more
  /// than `maximumItemsPerCustomer` items only the heaviest count, since the time grows with the square of their
  /// number. Beside the signals themselves it needs room for one row of scores and for the result.
  ///
  /// `checkpoint` is told how many items of all are done, once every 256 items; what it throws ends the training.
  public init<Customer>(
    _ signals: some Sequence<Signal<Customer, Item>>, weighting: ItemWeighting = .bm25(),
    neighboursPerItem: Int = 50, maximumItemsPerCustomer: Int = 2000,
    checkpoint: (_ done: Int, _ all: Int) throws -> Void
  ) rethrows {
    var matrix = SignalMatrix(signals, maximumItemsPerCustomer: maximumItemsPerCustomer)
    let popularity = matrix.items.indices.map {
      Popularity(item: matrix.items[$0], customers: matrix.byItem[$0].count)
    }
    matrix.weigh(weighting)
    var rows: [[ScoredItem]] = []
    rows.reserveCapacity(matrix.items.count)
    var row = SimilarityRow(items: matrix.items.count)
    for item in matrix.items.indices {
      if item % 256 == 0 { try checkpoint(item, matrix.items.count) }
      row.fill(for: item, of: matrix.byItem, and: matrix.byCustomer)
      rows.append(row.best(neighboursPerItem))
    }
    try checkpoint(matrix.items.count, matrix.items.count)
    self.init(items: matrix.items, rows: rows, popularity: popularity)
  }
}

/// One number of a sparse matrix: the other index, and the weight.
private struct Entry {
  var index: Int32
  var weight: Double
}

/// Signals as a sparse matrix, by item and by customer. Items are numbered in their own order.
private struct SignalMatrix<Item: Hashable & Comparable & Sendable> {
  let items: [Item]
  private(set) var byItem: [[Entry]]
  private(set) var byCustomer: [[Entry]] = []

  init<Customer>(_ signals: some Sequence<Signal<Customer, Item>>, maximumItemsPerCustomer: Int) {
    var itemNumbers: [Item: Int32] = [:]
    var customerNumbers: [Customer: Int] = [:]
    var found: [Item] = []
    var histories: [[Entry]] = []
    for signal in signals where signal.weight > 0 && signal.weight.isFinite {
      let item: Int32
      if let known = itemNumbers[signal.item] {
        item = known
      } else {
        item = Int32(found.count)
        itemNumbers[signal.item] = item
        found.append(signal.item)
      }
      if let customer = customerNumbers[signal.customer] {
        histories[customer].append(Entry(index: item, weight: signal.weight))
      } else {
        customerNumbers[signal.customer] = histories.count
        histories.append([Entry(index: item, weight: signal.weight)])
      }
    }
    let order = found.indices.sorted { found[$0] < found[$1] }
    var ranks = [Int32](repeating: 0, count: found.count)
    for (rank, number) in order.enumerated() { ranks[number] = Int32(rank) }
    items = order.map { found[$0] }
    byItem = Array(repeating: [], count: items.count)

    for customer in histories.indices {
      var history = Self.merged(histories[customer].map { Entry(index: ranks[Int($0.index)], weight: $0.weight) })
      histories[customer] = []
      if history.count > maximumItemsPerCustomer {
        history.sort { ($1.weight, $0.index) < ($0.weight, $1.index) }
        history.removeLast(history.count - max(0, maximumItemsPerCustomer))
        history.sort { $0.index < $1.index }
      }
      for entry in history {
        byItem[Int(entry.index)].append(Entry(index: Int32(byCustomer.count), weight: entry.weight))
      }
      byCustomer.append(history)
    }
  }

  private static func merged(_ entries: [Entry]) -> [Entry] {
    var merged: [Entry] = []
    for entry in entries.sorted(by: { ($0.index, $0.weight) < ($1.index, $1.weight) }) {
      if let last = merged.indices.last, merged[last].index == entry.index {
        merged[last].weight += entry.weight
      } else {
        merged.append(entry)
      }
    }
    return merged
  }

  mutating func weigh(_ weighting: ItemWeighting) {
    // What a customer's choice says falls with the number of items the customer chose.
    let rarity = byCustomer.map { log(Double(items.count)) - log1p(Double($0.count)) }
    switch weighting {
    case .cosine:
      break
    case .tfidf:
      reweigh { _, entry in entry.weight.squareRoot() * rarity[Int(entry.index)] }
    case .bm25(let k1, let b):
      let lengths = byItem.map { $0.reduce(0) { $0 + $1.weight } }
      let meanLength = lengths.reduce(0, +) / Double(max(1, lengths.count))
      reweigh { item, entry in
        let length = 1 - b + b * lengths[item] / meanLength
        return entry.weight * (k1 + 1) / (k1 * length + entry.weight) * rarity[Int(entry.index)]
      }
    }
    switch weighting {
    case .cosine, .tfidf:
      let norms = byItem.map { $0.reduce(0) { $0 + $1.weight * $1.weight }.squareRoot() }
      reweigh { item, entry in norms[item] > 0 ? entry.weight / norms[item] : 0 }
    case .bm25:
      break
    }
    byCustomer = Array(repeating: [], count: byCustomer.count)
    for item in byItem.indices {
      for entry in byItem[item] {
        byCustomer[Int(entry.index)].append(Entry(index: Int32(item), weight: entry.weight))
      }
    }
  }

  private mutating func reweigh(_ weight: (_ item: Int, _ entry: Entry) -> Double) {
    for item in byItem.indices {
      for position in byItem[item].indices {
        byItem[item][position].weight = weight(item, byItem[item][position])
      }
    }
  }
}

/// How alike one item is to all others: a dense row that is filled, read and cleared for one item after the other.
private struct SimilarityRow {
  private var scores: [Double]
  private var touched: [Int32] = []

  init(items: Int) {
    scores = Array(repeating: 0, count: items)
  }

  mutating func fill(for item: Int, of byItem: [[Entry]], and byCustomer: [[Entry]]) {
    for place in touched { scores[Int(place)] = 0 }
    touched.removeAll(keepingCapacity: true)
    // A weight of 0 adds nothing, and would have the same place touched twice.
    for own in byItem[item] where own.weight != 0 {
      for other in byCustomer[Int(own.index)] {
        let place = Int(other.index)
        if scores[place] == 0 { touched.append(other.index) }
        scores[place] += own.weight * other.weight
      }
    }
    // The item is no neighbour of its own.
    scores[item] = 0
  }

  /// The items with the highest scores above 0, best first.
  func best(_ limit: Int) -> [ScoredItem] {
    var best = BestItems(limit: limit)
    for number in touched where scores[Int(number)] > 0 {
      best.add(ScoredItem(number: number, score: scores[Int(number)]))
    }
    return best.sorted()
  }
}
