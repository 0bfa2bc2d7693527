/// Something that is sold.
public struct Product: Codable, Sendable {
  public var sku: SKU
  public var name: String
  public var category: String?
  public var price: Money?
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
