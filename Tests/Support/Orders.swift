import Models
import Postgres
import Server

@testable import ChannelIntegration

/// An order of one line, as tests write it.
public struct TestOrder: Sendable {
  public var id: String
  public var customer: String
  public var orderedAt: Timestamp
  public var amount: Amount
  public var currency: Currency
  public var sku: SKU
  public var status: OrderStatus

  /// `at` is a time, or a day for its noon.
  public init?(
    _ id: String, of customer: String, at: String, _ amount: String, currency: Currency = .euro,
    sku: String = "TEA-100", status: OrderStatus = .placed
  ) {
    guard let orderedAt = Timestamp(at) ?? Timestamp("\(at)T12:00:00Z"), let amount = Amount(amount),
      let sku = SKU(sku)
    else { return nil }
    self.id = id
    self.customer = customer
    self.orderedAt = orderedAt
    self.amount = amount
    self.currency = currency
    self.sku = sku
    self.status = status
  }
}

extension TestService {
  /// Imports orders; for a service of channel integration.
  public func order(_ orders: [TestOrder?], source: String = "shop") async throws {
    let source = SourceName(normal: source)
    let rows = orders.compactMap(\.self).map { order in
      ImportedOrder(
        externalId: ExternalID(normal: order.id),
        customer: ProfileReference(source: source, externalId: ExternalID(normal: order.customer)),
        orderedAt: order.orderedAt, currency: order.currency,
        lines: [OrderLine(sku: order.sku, quantity: Amount(1), unitPrice: order.amount)], status: order.status)
    }
    // Few at once: a call has ten seconds also where many tests share a processor.
    for start in stride(from: 0, to: rows.count, by: 200) {
      _ = try await call(ImportOrders(source: source, rows: Rows(Array(rows[start..<min(start + 200, rows.count)]))))
    }
  }

  /// Links two customers by their ids in their source.
  @discardableResult
  public func link(_ a: String, _ b: String, source: String = "shop") async throws -> ID<Link> {
    let (a, b) = (try await customer(a, source: source), try await customer(b, source: source))
    return try await call(LinkIdentities(a: ID(a), b: ID(b), reason: Reason(fixed: "a test says so"))).link
  }

  /// Removes a link.
  public func unlink(_ link: ID<Link>) async throws {
    _ = try await call(UnlinkIdentities(link: link, reason: Reason(fixed: "a test says so")))
  }

  /// The profile of the id in its source, as the name of its customer.
  public func customer(_ externalId: String, source: String = "shop") async throws -> ID<Customer> {
    try await database.shared.one(
      "SELECT profile FROM base.profile_keys WHERE source = \(source) AND external_id = \(externalId)")
  }

  /// The ids of all profiles of a source, by their ids there.
  public func customers(source: String = "shop") async throws -> [String: ID<Customer>] {
    let rows = try await database.shared.rows(
      "SELECT external_id, profile FROM base.profile_keys WHERE source = \(source)")
    return Dictionary(uniqueKeysWithValues: try rows.map { try $0.decode(String.self, ID<Customer>.self) })
  }
}
