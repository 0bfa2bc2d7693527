import CustomerBase
import Models
import Server

/// Imports up to 1,000 products by their SKU; an absent member of a known product stays as it is.
struct ImportProducts: Method, Bulk {
  static let name = "products.import"
  static let access = Access.write(.products)

  /// Products; two of one SKU take effect in their order.
  var rows: Rows<Product>

  static func example(in _: ExampleData) -> ImportProducts {
    ImportProducts(
      rows: Rows([
        Product(
          sku: SKU(fixed: "TEA-100"), name: "Assam, 100 g", category: "Tea",
          price: Money(amount: Amount(7), currency: .euro))
      ]))
  }

  func run(_ call: Call) async throws -> ImportReport {
    try await rows.imported {
      try await call.customerBase.importProducts($0)
    } checking: { product, path in
      guard (1...500).contains(product.name.utf8.count) else {
        throw InvalidParam(path: "\(path)/name", rule: "size", message: "must be 1 to 500 bytes long")
      }
      return product
    }
  }
}
