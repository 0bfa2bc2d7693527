/// How far an order has come.
public enum OrderStatus: String, Codable, CaseIterable, Sendable {
  case placed
  case fulfilled
  /// Never carried out: no purchase.
  case cancelled
  /// Taken back whole: no purchase.
  case returned
}

/// An order as the shop or the ERP system recorded it.
public struct Order: Codable, Sendable {
  public var order: ID<Order>
  public var profile: ID<Profile>
  public var source: String
  public var externalId: String
  public var orderedAt: Timestamp
  public var status: OrderStatus
  /// Sum of the lines.
  public var total: Money
  public var lines: [OrderLine]
}

/// A line of an order. Zero prices and negative quantities occur: gifts, returned goods.
public struct OrderLine: Codable, Hashable, Sendable {
  public var sku: SKU
  public var quantity: Amount
  /// Price of one unit, in the order's currency.
  public var unitPrice: Amount

  public init(sku: SKU, quantity: Amount, unitPrice: Amount) {
    self.sku = sku
    self.quantity = quantity
    self.unitPrice = unitPrice
  }
}
