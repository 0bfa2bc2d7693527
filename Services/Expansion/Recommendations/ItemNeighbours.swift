/// Something a customer did with an item: bought it, looked at it.
public struct Signal<Customer: Hashable & Sendable, Item: Hashable & Comparable & Sendable>: Sendable {
  /// Who did it.
  public var customer: Customer
  /// With what.
  public var item: Item
  /// How much it says, above 0: the number of orders, for one.
  public var weight: Double

  public init(customer: Customer, item: Item, weight: Double = 1) {
    self.customer = customer
    self.item = item
    self.weight = weight
  }
}

/// Which items go together: for each item, the others that the same customers chose (item-to-item collaborative
/// filtering: Linden, Smith & York 2003, Amazon.com Recommendations, IEEE Internet Computing 7(1)).
///
/// Everything is in one order: by score descending, then by item, so the same signals always give the same answers.
public struct ItemNeighbours<Item: Hashable & Comparable & Sendable>: Sendable {
  /// An item beside another one.
  public struct Neighbour: Hashable, Sendable {
    /// The neighbour.
    public var item: Item
    /// How alike the two are, above 0; comparable within one model only.
    public var score: Double

    public init(item: Item, score: Double) {
      self.item = item
      self.score = score
    }
  }

  /// An item with the number of customers who chose it.
  public struct Popularity: Hashable, Sendable {
    /// The item.
    public var item: Item
    /// Customers who chose it.
    public var customers: Int

    public init(item: Item, customers: Int) {
      self.item = item
      self.customers = customers
    }
  }

  /// All items, ascending.
  public let items: [Item]
  /// All items with the number of customers who chose them, most chosen first.
  public let popularity: [Popularity]
  private let numbers: [Item: Int32]
  private let rows: [[ScoredItem]]

  /// The model from what was stored of it, in any order.
  ///
  /// A part serves as well: to recommend, it takes the neighbours of the history's items and the most popular items.
  public init(neighbours: [Item: [Neighbour]], popularity: [Popularity]) {
    var all = Set(neighbours.keys)
    all.formUnion(popularity.lazy.map(\.item))
    for row in neighbours.values { all.formUnion(row.lazy.map(\.item)) }
    let items = all.sorted()
    let numbers = Self.numbered(items)
    let rows = items.map { item in
      (neighbours[item] ?? [])
        .compactMap { neighbour in numbers[neighbour.item].map { ScoredItem(number: $0, score: neighbour.score) } }
        .sorted(by: ScoredItem.isBetter)
    }
    self.init(items: items, rows: rows, popularity: popularity)
  }

  /// The model of these items, given ascending, each with its row of neighbours, best first.
  init(items: [Item], rows: [[ScoredItem]], popularity: [Popularity]) {
    self.items = items
    self.rows = rows
    self.popularity = popularity.sorted { ($1.customers, $0.item) < ($0.customers, $1.item) }
    numbers = Self.numbered(items)
  }

  private static func numbered(_ items: [Item]) -> [Item: Int32] {
    Dictionary(uniqueKeysWithValues: items.enumerated().map { ($1, Int32($0)) })
  }

  /// The items most like this one, best first; none for an item without signals.
  public func similar(to item: Item, limit: Int) -> [Neighbour] {
    row(of: item).prefix(max(0, limit)).map { Neighbour(item: items[Int($0.number)], score: $0.score) }
  }

  private func row(of item: Item) -> [ScoredItem] {
    numbers[item].map { rows[Int($0)] } ?? []
  }
}

extension ItemNeighbours {
  /// An item a customer may like, and why.
  public struct Recommendation: Hashable, Sendable {
    /// What it rests on.
    public enum Basis: String, Codable, Sendable {
      /// What the customer chose before.
      case history
      /// What many customers chose.
      case popularity
    }

    /// The item.
    public var item: Item
    /// With basis history, the sum over the history of weight times likeness; with basis popularity, the number of
    /// customers who chose the item. Comparable within one basis only.
    public var score: Double
    /// What it rests on.
    public var basis: Basis
    /// The items of the history that say most for it, at most three; none with basis popularity.
    public var reasons: [Reason]
  }

  /// An item of a customer's history that speaks for another one.
  public struct Reason: Hashable, Sendable {
    /// The item of the history.
    public var item: Item
    /// Its part of the score, above 0 and at most 1.
    public var share: Double
  }

  /// The items to recommend to a customer with this history, best first.
  ///
  /// Items of `excluding` never come; pass the history's items to recommend new ones only. Where the history leads to
  /// fewer than `limit` items, popular ones follow.
  public func recommend(
    history: [(item: Item, weight: Double)], excluding: Set<Item>, limit: Int
  ) -> [Recommendation] {
    guard limit > 0 else { return [] }
    var weights: [Int32: Double] = [:]
    for (item, weight) in history where weight > 0 && weight.isFinite {
      if let number = numbers[item] { weights[number, default: 0] += weight }
    }
    // In one order, so that sums round the same way each time.
    let chosen = weights.sorted { $0.key < $1.key }
    let excluded = Set(excluding.lazy.compactMap { numbers[$0] })
    var scores: [Int32: Double] = [:]
    for (number, weight) in chosen {
      for neighbour in rows[Int(number)] {
        scores[neighbour.number, default: 0] += weight * neighbour.score
      }
    }
    for number in excluded { scores[number] = nil }
    var best = BestItems(limit: limit)
    for (number, score) in scores { best.add(ScoredItem(number: number, score: score)) }
    var recommendations = explained(best.sorted(), by: chosen)
    guard recommendations.count < limit else { return recommendations }

    for popular in popularity {
      guard recommendations.count < limit else { break }
      if let number = numbers[popular.item], scores[number] != nil || excluded.contains(number) { continue }
      recommendations.append(
        Recommendation(item: popular.item, score: Double(popular.customers), basis: .popularity, reasons: []))
    }
    return recommendations
  }

  private func explained(_ best: [ScoredItem], by history: [(key: Int32, value: Double)]) -> [Recommendation] {
    var reasons: [Int32: BestItems] = [:]
    for recommended in best { reasons[recommended.number] = BestItems(limit: 3) }
    for (number, weight) in history {
      for neighbour in rows[Int(number)] {
        reasons[neighbour.number]?.add(ScoredItem(number: number, score: weight * neighbour.score))
      }
    }
    return best.map { recommended in
      Recommendation(
        item: items[Int(recommended.number)], score: recommended.score, basis: .history,
        reasons: (reasons[recommended.number]?.sorted() ?? []).map {
          Reason(item: items[Int($0.number)], share: $0.score / recommended.score)
        })
    }
  }
}
