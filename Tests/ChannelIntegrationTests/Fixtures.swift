import JSON
import JSONRPC
import Models
import Testing
import TestSupport

@testable import ChannelIntegration
@testable import Server

extension TestService {
  /// A profile of the shop with these traits, and with an address that is verified when one is given.
  func person(
    _ externalId: String, _ traits: [String: String] = [:], email: String? = nil, source: SourceName = .shop
  ) async throws -> UpsertedProfileView {
    try await call(
      UpsertProfile(
        source: source, externalId: try #require(ExternalID(externalId)),
        traits: traits.mapValues { RawJSON(wellFormed: "\"\($0)\"") },
        identifiers: try email.map { [try #require(Identifier(kind: .email, value: $0, verified: true))] }))
  }

  /// An order of one line for a person of the shop.
  func order(
    _ externalId: String, of person: String, quantity: Amount = Amount(1), price: Amount = Amount(10),
    at: Timestamp? = nil, status: OrderStatus? = nil
  ) async throws -> ImportReport {
    try await call(
      ImportOrders(
        source: .shop,
        rows: Rows([
          ImportedOrder(
            externalId: try #require(ExternalID(externalId)),
            customer: ProfileReference(source: .shop, externalId: try #require(ExternalID(person))),
            orderedAt: at ?? clock.now, currency: .euro,
            lines: [OrderLine(sku: SKU(fixed: "TEA"), quantity: quantity, unitPrice: price)], status: status)
        ])))
  }

  /// The error that a call by name answers.
  func refusal(_ method: String, _ params: String, as principal: Principal = .staff) async throws -> RPCError {
    try await #require(throws: RPCError.self) { _ = try await call(method, params, as: principal) }
  }

  /// Every item of a list, page by page.
  func everyPage<Item>(_ page: (_ cursor: String?) async throws -> Page<Item>) async throws -> [Item] {
    var items: [Item] = []
    var cursor: String?
    repeat {
      let next = try await page(cursor)
      items += next.items
      cursor = next.nextCursor
    } while cursor != nil
    return items
  }
}

extension RPCError {
  /// What the error says is wrong, by path.
  var paths: [String] {
    guard let data, let root = try? JSONDocument(parsing: data.utf8).root else { return [] }
    return root["errors"]?.elements.compactMap { $0["path"]?.string } ?? []
  }
}
