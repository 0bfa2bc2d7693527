import Expansion
import Foundation
import TestSupport
import Testing

struct ItemNeighboursTests {
  private typealias Shop = ItemNeighbours<String>
  private typealias Choice = Signal<String, String>

  /// Ada and Bob take tea with a cup, Cyd a cup with a plate, Dan tea alone.
  private let choices = [
    Choice(customer: "ada", item: "tea"), Choice(customer: "ada", item: "cup"), Choice(customer: "bob", item: "tea"),
    Choice(customer: "bob", item: "cup"), Choice(customer: "cyd", item: "cup"), Choice(customer: "cyd", item: "plate"),
    Choice(customer: "dan", item: "tea"),
  ]

  private func cosine(_ choices: [Choice], neighbours: Int = 50) -> Shop {
    Shop(choices, weighting: .cosine, neighboursPerItem: neighbours) { _, _ in }
  }

  @Test func `Items that the same customers choose are neighbours by their cosine`() {
    let model = cosine(choices)
    let cup = model.similar(to: "cup", limit: 10)
    #expect(cup.map(\.item) == ["tea", "plate"])
    #expect(abs(cup[0].score - 2 / 3) < 1e-12)
    #expect(abs(cup[1].score - 1 / 3.0.squareRoot()) < 1e-12)
    #expect(model.similar(to: "plate", limit: 10).map(\.item) == ["cup"])
    #expect(model.similar(to: "cup", limit: 1).map(\.item) == ["tea"])
    #expect(model.similar(to: "cup", limit: -1).isEmpty)
    #expect(model.similar(to: "hat", limit: 10).isEmpty)
    #expect(model.items == ["cup", "plate", "tea"])
  }

  @Test func `A recommendation says which items of the history speak for it`() {
    let model = cosine(choices + [Choice(customer: "eve", item: "plate"), Choice(customer: "eve", item: "tea")])
    let found = model.recommend(history: [("cup", 3), ("plate", 1)], excluding: ["cup", "plate"], limit: 1)
    #expect(found.map(\.item) == ["tea"])
    #expect(found[0].basis == .history)
    // Three times 2/√12 for the cup, once 1/√8 for the plate.
    let cup = 6 / 12.0.squareRoot()
    let plate = 1 / 8.0.squareRoot()
    #expect(abs(found[0].score - (cup + plate)) < 1e-12)
    #expect(found[0].reasons.map(\.item) == ["cup", "plate"])
    #expect(abs(found[0].reasons[0].share - cup / (cup + plate)) < 1e-12)
  }

  @Test func `What the customer has comes only when asked for`() {
    let model = cosine(choices)
    let new = model.recommend(history: [("tea", 1), ("cup", 1)], excluding: ["tea", "cup"], limit: 10)
    #expect(new.map(\.item) == ["plate"])
    let all = model.recommend(history: [("tea", 1), ("cup", 1)], excluding: [], limit: 10)
    #expect(all.map(\.item) == ["cup", "tea", "plate"])
  }

  @Test func `Popular items come for the unknown and fill what the history leaves open`() {
    let model = cosine(choices)
    #expect(model.popularity.map(\.item) == ["cup", "tea", "plate"])
    #expect(model.popularity.map(\.customers) == [3, 3, 1])
    for history in [[], [("hat", 1.0)], [("tea", 0.0)], [("tea", -1.0)]] {
      let unknown = model.recommend(history: history, excluding: ["tea"], limit: 10)
      #expect(unknown.map(\.item) == ["cup", "plate"])
      #expect(unknown.allSatisfy { $0.basis == .popularity && $0.reasons.isEmpty })
      #expect(unknown[0].score == 3)
    }
    let filled = model.recommend(history: [("plate", 1)], excluding: ["plate"], limit: 10)
    #expect(filled.map(\.item) == ["cup", "tea"])
    #expect(filled.map(\.basis) == [.history, .popularity])
    #expect(model.recommend(history: [("plate", 1)], excluding: [], limit: 0).isEmpty)
  }

  @Test func `Equal scores stand in the order of the items`() {
    let choices = ["e", "b", "d", "a", "c"].flatMap { item in
      ["ada", "bob"].map { Choice(customer: $0, item: item) }
    }
    let model = cosine(choices, neighbours: 3)
    #expect(model.similar(to: "c", limit: 10).map(\.item) == ["a", "b", "d"])
    #expect(model.popularity.map(\.item) == ["a", "b", "c", "d", "e"])
    #expect(
      cosine(choices).recommend(history: [("b", 1)], excluding: [], limit: 3).map(\.item) == ["a", "c", "d"])
  }

  @Test func `Signals of one customer and item add up and those that say nothing are left out`() {
    let split = cosine([
      Choice(customer: "ada", item: "tea", weight: 1), Choice(customer: "ada", item: "cup"),
      Choice(customer: "ada", item: "tea", weight: 2), Choice(customer: "bob", item: "tea"),
      Choice(customer: "ada", item: "hat", weight: 0), Choice(customer: "ada", item: "pin", weight: -1),
      Choice(customer: "ada", item: "pen", weight: .nan), Choice(customer: "ada", item: "ink", weight: .infinity),
    ])
    let whole = cosine([
      Choice(customer: "ada", item: "tea", weight: 3), Choice(customer: "ada", item: "cup"),
      Choice(customer: "bob", item: "tea"),
    ])
    #expect(split.items == ["cup", "tea"])
    #expect(split.similar(to: "cup", limit: 5) == whole.similar(to: "cup", limit: 5))
  }

  @Test func `Of an endless history only the heaviest items count`() {
    let choices = (0..<10).map { Choice(customer: "ada", item: "item \($0)", weight: Double($0 + 1)) }
    let model = Shop(choices, weighting: .cosine, maximumItemsPerCustomer: 3) { _, _ in }
    #expect(model.similar(to: "item 9", limit: 10).map(\.item) == ["item 7", "item 8"])
    #expect(model.similar(to: "item 0", limit: 10).isEmpty)
  }

  @Test func `No signals make a model that recommends nothing`() {
    for weighting in [ItemWeighting.cosine, .tfidf, .bm25()] {
      let model = Shop([Choice](), weighting: weighting) { _, _ in }
      #expect(model.items.isEmpty)
      #expect(model.recommend(history: [("tea", 1)], excluding: [], limit: 10).isEmpty)
    }
  }

  @Test func `What the checkpoint throws ends the training`() {
    struct Cancelled: Error {}
    var calls: [Int] = []
    _ = Shop(choices) { done, _ in calls.append(done) }
    #expect(calls == [0, 3])
    #expect(throws: Cancelled.self) { try Shop(choices) { _, _ in throw Cancelled() } }
  }

  private func random(_ count: Int, seed: UInt64) -> [Choice] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in
      // The smaller of two numbers, so that some items are popular.
      let item = min(Int.random(in: 0..<40, using: &generator), Int.random(in: 0..<40, using: &generator))
      return Choice(
        customer: "customer \(Int.random(in: 0..<60, using: &generator))", item: "item \(item + 10)",
        weight: Double(Int.random(in: 1...4, using: &generator)))
    }
  }

  @Test(arguments: [ItemWeighting.cosine, .tfidf, .bm25(), .bm25(k1: 100, b: 0.2)])
  func `Neighbours are those of the whole matrix multiplied out`(weighting: ItemWeighting) {
    let choices = random(900, seed: 7)
    let expected = Multiplied(choices, weighting: weighting)
    let model = Shop(choices, weighting: weighting, neighboursPerItem: 7) { _, _ in }
    for (place, item) in expected.items.enumerated() {
      let similar = model.similar(to: item, limit: 100)
      let others = expected.items.indices.filter { $0 != place && expected.scores[place][$0] > 0 }
        .sorted { expected.scores[place][$0] > expected.scores[place][$1] }
      #expect(similar.count == min(7, others.count))
      for (neighbour, other) in zip(similar, others) {
        #expect(abs(neighbour.score - expected.scores[place][other]) < 1e-9 * expected.scores[place][other])
      }
    }
  }

  @Test func `The order of the signals does not change a recommendation`() {
    var choices = random(900, seed: 11)
    let first = Shop(choices) { _, _ in }
    var generator = SeededGenerator(seed: 3)
    choices.shuffle(using: &generator)
    let second = Shop(choices) { _, _ in }
    #expect(first.items == second.items)
    #expect(first.popularity == second.popularity)
    for item in first.items {
      let found = first.recommend(history: [(item, 1)], excluding: [item], limit: 5)
      let again = second.recommend(history: [(item, 1)], excluding: [item], limit: 5)
      #expect(found.map(\.item) == again.map(\.item))
      #expect(zip(found, again).allSatisfy { abs($0.score - $1.score) < 1e-9 })
    }
  }

  @Test func `A stored model recommends as the trained one`() {
    let model = Shop(random(900, seed: 5)) { _, _ in }
    let stored = Dictionary(
      uniqueKeysWithValues: model.items.map { ($0, model.similar(to: $0, limit: 50).shuffled()) })
    let restored = Shop(neighbours: stored, popularity: model.popularity.shuffled())
    let history = [("item 10", 2.0), ("item 15", 1.0), ("item 30", 1.0)]
    let answer = model.recommend(history: history, excluding: ["item 10"], limit: 60)
    #expect(restored.recommend(history: history, excluding: ["item 10"], limit: 60) == answer)
    // The neighbours of the history are all that it takes.
    let part = stored.filter { ["item 10", "item 15", "item 30"].contains($0.key) }
    #expect(
      Shop(neighbours: part, popularity: model.popularity)
        .recommend(history: history, excluding: ["item 10"], limit: 60) == answer)
  }
}

/// Likenesses of all items with all others, by dense matrices and the definitions of the weightings.
private struct Multiplied {
  let items: [String]
  let scores: [[Double]]

  init(_ choices: [Signal<String, String>], weighting: ItemWeighting) {
    let items = Set(choices.map(\.item)).sorted()
    let customers = Set(choices.map(\.customer)).sorted()
    var sums: [[String]: Double] = [:]
    for choice in choices { sums[[choice.item, choice.customer], default: 0] += choice.weight }
    var matrix = items.map { item in customers.map { sums[[item, $0]] ?? 0 } }
    let rarity = customers.indices.map { customer in
      log(Double(items.count) / (1 + Double(matrix.count { $0[customer] > 0 })))
    }
    let lengths = matrix.map { $0.reduce(0, +) }
    let mean = lengths.reduce(0, +) / Double(items.count)
    for item in items.indices {
      for customer in customers.indices {
        let count = matrix[item][customer]
        switch weighting {
        case .cosine: break
        case .tfidf: matrix[item][customer] = count.squareRoot() * rarity[customer]
        case .bm25(let k1, let b):
          let saturated = count * (k1 + 1) / (count + k1 * (1 - b + b * lengths[item] / mean))
          matrix[item][customer] = saturated * rarity[customer]
        }
      }
      if case .bm25 = weighting { continue }
      let norm = matrix[item].reduce(0) { $0 + $1 * $1 }.squareRoot()
      matrix[item] = matrix[item].map { $0 / norm }
    }
    self.items = items
    scores = matrix.map { left in matrix.map { right in zip(left, right).reduce(0) { $0 + $1.0 * $1.1 } } }
  }
}
