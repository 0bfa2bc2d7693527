import Models

@testable import ChannelIntegration
@testable import Server

/// A year's orders of the examples' shop: Ada's, Grace's and those of sixty customers drawn from a seed.
enum ExampleOrders {
  /// SKU, name, category and price.
  static let catalogue = [
    ("TEA-100", "Assam, 100 g", "Tea", 7), ("TEA-200", "Darjeeling, 100 g", "Tea", 9),
    ("TEA-300", "Sencha, 100 g", "Tea", 11), ("POT-100", "Teapot, 1 l", "Ware", 34),
    ("COF-100", "Espresso, 500 g", "Coffee", 14), ("COF-200", "Filter coffee, 500 g", "Coffee", 12),
    ("CUP-100", "Espresso cup", "Ware", 8), ("MUG-100", "Mug", "Ware", 10),
  ]

  private static let prices = Dictionary(uniqueKeysWithValues: catalogue.map { ($0.0, $0.3) })
  private static let tastes = [
    ["TEA-100", "TEA-200", "TEA-300", "POT-100", "MUG-100"], ["COF-100", "COF-200", "CUP-100", "MUG-100", "TEA-100"],
  ]

  static func all() -> [ImportedOrder] {
    let named = [
      order("ada", daysAgo: 340, ["TEA-100"]), order("ada", daysAgo: 301, ["TEA-100", "POT-100"]),
      order("ada", daysAgo: 190, ["TEA-200"]), order("ada", daysAgo: 42, ["TEA-100", "TEA-200"]),
      order("grace", daysAgo: 250, ["COF-100"]), order("grace", daysAgo: 131, ["COF-100", "CUP-100"]),
    ]
    var random = SeededGenerator(seed: 60)
    return named + (1...60).flatMap { drawn("customer-\($0)", taste: tastes[$0 % 2], &random) }
  }

  /// Buys at a pace of their own, and after each purchase stops for good with a chance of one in four.
  private static func drawn(_ customer: String, taste: [String], _ random: inout SeededGenerator) -> [ImportedOrder] {
    var orders: [ImportedOrder] = []
    let pace = [14, 28, 56, 112][Int(random.next() % 4)]
    var daysAgo = 365 - Int(random.next() % 240)
    while daysAgo > 0 {
      let first = taste[Int(random.next() % 5)]
      let second = taste[Int(random.next() % 5)]
      orders.append(order(customer, daysAgo: daysAgo, first == second ? [first] : [first, second]))
      if random.next() % 4 == 0 { break }
      daysAgo -= 1 + Int(random.next() % UInt64(2 * pace))
    }
    return orders
  }

  private static func order(_ customer: String, daysAgo: Int, _ skus: [String]) -> ImportedOrder {
    ImportedOrder(
      externalId: ExternalID(normal: "\(customer)-\(daysAgo)"),
      customer: ProfileReference(source: .shop, externalId: ExternalID(normal: customer)),
      orderedAt: ExampleData.now.adding(seconds: Int64(-daysAgo * 86_400)), currency: .euro,
      lines: skus.map { sku in
        OrderLine(sku: SKU(normal: sku), quantity: Amount(1 + daysAgo % 3), unitPrice: Amount(prices[sku] ?? 1))
      },
      status: .fulfilled)
  }
}
