import Models
import TestSupport

@testable import Expansion

/// A shop where tea drinkers and coffee drinkers buy their own things: the same orders on every run.
enum ShopOfTaste {
  static let customers = 60

  static func orders() -> [TestOrder?] {
    signals.enumerated().map { number, signal in
      TestOrder("\(number)", of: signal.customer, at: "2025-01-\(10 + number % 20)", "5", sku: signal.item)
    }
  }

  /// Who bought what, an order a signal.
  static let signals: [Signal<String, String>] = {
    var generator = SeededGenerator(seed: 5)
    return (0..<customers).flatMap { customer -> [Signal<String, String>] in
      let taste = customer % 2 == 0 ? "tea" : "coffee"
      return (0..<Int.random(in: 1...8, using: &generator)).map { _ in
        let stranger = Int.random(in: 0..<10, using: &generator) == 0
        let sku = "\(stranger ? "cup" : taste)-\(Int.random(in: 0..<8, using: &generator))"
        return Signal(customer: "\(customer)", item: sku)
      }
    }
  }()

  /// What the model without a database makes of them.
  static func model(_ weighting: ItemWeighting = .bm25()) -> ItemNeighbours<String> {
    ItemNeighbours(signals, weighting: weighting, neighboursPerItem: 50) { _, _ in }
  }

  /// What a customer bought, and how often.
  static func history(_ customer: Int) -> [String: Double] {
    var history: [String: Double] = [:]
    for signal in signals where signal.customer == "\(customer)" { history[signal.item, default: 0] += 1 }
    return history
  }
}
