/// How far an order has come.
public enum OrderStatus: String, Codable, CaseIterable, Sendable {
  /// Ordered and not yet carried out.
  case placed
  /// Carried out.
  case fulfilled
  /// Never carried out: no purchase.
  case cancelled
  /// Taken back whole: no purchase.
  case returned
}

/// An order as the shop or the ERP system recorded it.
public struct Order: Codable, Sendable {
  /// Id of the order.
  public var order: ID<Order>
  /// Profile that ordered.
  public var profile: ID<Profile>
  /// Shop or ERP system that the order comes from.
  public var source: String
  /// Id of the order in its source.
  public var externalId: String
  /// When it was ordered.
  public var orderedAt: Timestamp
  /// How far it has come.
  public var status: OrderStatus
  /// Sum of the lines.
  public var total: Money
  /// What was ordered.
  public var lines: [OrderLine]
}

/// A line of an order. Zero prices and negative quantities occur: gifts, returned goods.
public struct OrderLine: Codable, Hashable, Sendable {
  /// The product.
  public var sku: SKU
  /// How many, or how much.
  public var quantity: Amount
  /// Price of one unit, in the order's currency.
  public var unitPrice: Amount

  public init(sku: SKU, quantity: Amount, unitPrice: Amount) {
    self.sku = sku
    self.quantity = quantity
    self.unitPrice = unitPrice
  }
}
