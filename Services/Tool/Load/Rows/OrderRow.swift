/// An order as `orders.import` takes it.
struct OrderRow: Encodable {
  /// Who ordered, by the record of a source.
  struct Customer: Encodable {
    let source: String
    let externalId: String
  }

  /// A line of the order; numbers are decimals as the source wrote them.
  struct Line: Encodable {
    let sku: String
    let quantity: Int
    let unitPrice: String
  }

  let externalId: String
  let customer: Customer
  let orderedAt: String
  let currency: String
  var lines: [Line]
}
