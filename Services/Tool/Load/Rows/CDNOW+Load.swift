import Datasets

extension CDNOW {
  /// Every purchase as an order of the source `cdnow`, in US dollars.
  static func phases(_ path: String) throws -> [LoadPhase] {
    var ofDay: [String: Int] = [:]
    let rows = try purchases(path: path).map { purchase in
      let day = "\(purchase.customer)-\(purchase.day)"
      ofDay[day, default: 0] += 1
      return OrderRow(
        externalId: "\(day)-\(ofDay[day, default: 1])",
        customer: .init(source: "cdnow", externalId: "\(purchase.customer)"),
        // The set tells the day alone; midday is on that day in most time zones.
        orderedAt: "\(purchase.day)T12:00:00Z", currency: "USD",
        // It tells what was paid for all discs together, and no single prices: one line bears the whole amount.
        lines: [.init(sku: "CD", quantity: 1, unitPrice: purchase.amount)])
    }
    return [LoadPhase(title: "cdnow orders", kind: .orders, source: "cdnow", rows: rows)]
  }
}
