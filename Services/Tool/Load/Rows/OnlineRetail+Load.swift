import Datasets
import JSON

/// A product as `products.import` takes it.
struct ProductRow: Encodable {
  /// Money as the wire has it.
  struct Price: Encodable {
    let amount: String
    let currency: String
  }

  let sku: String
  var name: String
  let category: String
  var price: Price
}

extension OnlineRetail {
  /// Its articles, then every invoice as an order of the source `online-retail`, in pounds.
  ///
  /// Only lines count by which a known customer bought something for money. An article has the name and the price of its
  /// last line.
  static func phases(_ path: String) throws -> [LoadPhase] {
    var products: [String: ProductRow] = [:]
    var orders: [OrderRow] = []
    var places: [String: Int] = [:]
    try forEachLine(path: path) { line in
      guard line.isPurchase, let customer = line.customer else { return }
      // The same article is written with small and with capital letters.
      let sku = line.stockCode.uppercased()
      products[sku] = ProductRow(
        sku: sku, name: line.description.isEmpty ? sku : line.description,
        category: line.article == nil ? "charge" : "article", price: .init(amount: line.unitPrice, currency: "GBP"))
      let orderLine = OrderRow.Line(sku: sku, quantity: line.quantity, unitPrice: line.unitPrice)
      if let place = places[line.invoice] {
        orders[place].lines.append(orderLine)
      } else {
        places[line.invoice] = orders.count
        orders.append(
          OrderRow(
            externalId: line.invoice, customer: .init(source: "online-retail", externalId: customer),
            orderedAt: line.invoicedAt, currency: "GBP", lines: [orderLine]))
      }
    }
    return [
      LoadPhase(title: "online-retail products", kind: .products, rows: products.values.sorted { $0.sku < $1.sku }),
      LoadPhase(title: "online-retail orders", kind: .orders, source: "online-retail", rows: orders),
    ]
  }
}
