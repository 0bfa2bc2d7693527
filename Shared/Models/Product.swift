/// Something that is sold.
public struct Product: Codable, Sendable {
  /// The product's id in the shop.
  public var sku: SKU
  /// Name that people know it by, 1 to 500 bytes.
  public var name: String
  /// Group of products that it belongs to.
  public var category: String?
  /// Price of one unit.
  public var price: Money?
  /// What else the shop says of it.
  public var attributes: RawJSON?

  public init(
    sku: SKU, name: String, category: String? = nil, price: Money? = nil, attributes: RawJSON? = nil
  ) {
    self.sku = sku
    self.name = name
    self.category = category
    self.price = price
    self.attributes = attributes
  }
}
