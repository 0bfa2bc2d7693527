import Models
import TestSupport

@testable import ChannelIntegration
@testable import Retention
@testable import Server

/// The service, the one beside it that knows the customers, and customers of one profile each.
struct LoyaltyHouse {
  static let day: Int64 = 86_400

  let service: TestService
  let channels: TestService
  let customers: [ID<Customer>]

  var now: Timestamp { service.clock.now }
  var ada: ID<Customer> { customers[0] }
  var grace: ID<Customer> { customers[1] }

  static func with(customers count: Int = 2, _ body: (LoyaltyHouse) async throws -> Void) async throws {
    try await withService(RetentionService.self) { service in
      let channels = try await service.beside(ChannelIntegrationService.self)
      defer { channels.close() }
      var customers: [ID<Customer>] = []
      for number in 0..<count {
        let profile = UpsertProfile(source: .shop, externalId: ExternalID(normal: "\(number)"))
        customers.append(try await channels.call(profile).customer)
      }
      try await body(LoyaltyHouse(service: service, channels: channels, customers: customers))
    }
  }

  @discardableResult
  func earn(
    _ points: Int, _ customer: ID<Customer>, activeInDays: Int64? = nil, expiringInDays: Int64? = nil
  ) async throws -> PostedPoints {
    try await service.call(
      EarnPoints(
        customer: customer, points: Points(points) ?? .hundred,
        activeAt: activeInDays.map { now.adding(seconds: $0 * Self.day) },
        expiresAt: expiringInDays.map { now.adding(seconds: $0 * Self.day) }))
  }

  @discardableResult
  func burn(_ points: Int, _ customer: ID<Customer>) async throws -> PostedPoints {
    try await service.call(BurnPoints(customer: customer, points: Points(points) ?? .hundred))
  }

  func reversal(of entry: ID<PointEntry>) -> ReversePoints {
    ReversePoints(entry: entry, reason: Reason(fixed: "a test says so"))
  }

  func balance(_ customer: ID<Customer>, asOf: Timestamp? = nil) async throws -> PointBalance {
    try await service.call(GetPointBalance(customer: customer, asOf: asOf))
  }

  func entries(_ customer: ID<Customer>) async throws -> [PointEntry] {
    try await service.call(ListPointEntries(customer: customer, limit: Limit(200))).items
  }

  func link() async throws -> ID<Link> { try await channels.link("0", "1") }
}
