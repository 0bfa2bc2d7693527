import Models

/// A shop whose customers buy at rates of their own and stop one day: the same orders on every run.
public enum SeededShop {
  public static let customers = 120
  public static let start = Day(daysSinceEpoch: 20_089)
  public static let calibrationEnd = start.adding(days: 270)
  public static let end = start.adding(days: 400)

  public static func orders() -> [TestOrder?] {
    var generator = SeededGenerator(seed: 7)
    return (0..<customers).flatMap { customer -> [TestOrder?] in
      var day = start.adding(days: Int.random(in: 0..<90, using: &generator))
      let pause = Int.random(in: 5...60, using: &generator)
      var orders: [TestOrder?] = []
      repeat {
        let cents = Int.random(in: 500...5000, using: &generator)
        let amount = "\(cents / 100).\(cents % 100 / 10)\(cents % 10)"
        orders.append(TestOrder("\(customer)-\(orders.count)", of: "\(customer)", at: "\(day)", amount))
        day = day.adding(days: 1 + Int.random(in: 0...(2 * pause), using: &generator))
      } while day < end && Int.random(in: 0..<4, using: &generator) > 0
      return orders
    }
  }
}
