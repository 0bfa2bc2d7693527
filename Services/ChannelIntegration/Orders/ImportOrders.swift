import CustomerBase
import Models
import Server

/// Imports up to 1,000 orders of one source, each whole, by its external id.
///
/// An order told again replaces what was stored and keeps the profile it was first told of. A customer that is not known
/// becomes a profile of that source, an unknown SKU a product. Cancelled and returned orders are no purchases. An order of
/// an erased person is rejected with type `erased`.
struct ImportOrders: Method, Bulk {
  static let name = "orders.import"
  static let access = Access.write(.orders)

  /// Shop or ERP system the orders come from.
  var source: SourceName
  /// Orders; two of one id take effect in their order.
  var rows: Rows<ImportedOrder>

  static func example(in _: ExampleData) -> ImportOrders {
    ImportOrders(
      source: .shop,
      rows: Rows([
        ImportedOrder(
          externalId: ExternalID(fixed: "2026-0001"),
          customer: ProfileReference(source: .shop, externalId: ExternalID(fixed: "ada")),
          orderedAt: ExampleData.now, currency: .euro,
          lines: [OrderLine(sku: SKU(fixed: "TEA-100"), quantity: Amount(2), unitPrice: Amount(7))])
      ]))
  }

  func run(_ call: Call) async throws -> ImportReport {
    try await rows.imported { rows in
      let values = rows.map { (row: OrderRow) in row.erasedValues(from: source) }
      let erased = try await call.customerBase.erased(among: values.flatMap(\.self))
      let isTaken = values.map { !$0.contains(where: erased.contains) }
      let taken = zip(rows, isTaken).filter(\.1).map(\.0)
      var outcomes = try await call.customerBase.importOrders(taken, source: source).makeIterator()
      return isTaken.map { $0 ? outcomes.next() : nil }
    } checking: { row, path in
      guard row.lines.count <= 1000 else {
        throw InvalidParam(path: "\(path)/lines", rule: "size", message: "has more than 1000 elements")
      }
      return OrderRow(
        externalId: row.externalId, customer: row.customer, orderedAt: row.orderedAt, currency: row.currency,
        lines: row.lines, status: row.status ?? .placed)
    }
  }
}

/// An order of an import.
struct ImportedOrder: Codable, Sendable {
  /// Id of the order in its source.
  var externalId: ExternalID
  /// Who ordered.
  var customer: ProfileReference
  /// When it was ordered.
  var orderedAt: Timestamp
  /// Currency of the prices.
  var currency: Currency
  /// What was ordered; zero prices and negative quantities are allowed.
  var lines: [OrderLine]
  /// How far it has come; `placed` when absent.
  var status: OrderStatus?
}

extension SourceName {
  static let shop = SourceName(fixed: "shop")
}
