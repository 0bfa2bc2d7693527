import Models
import TestSupport
import Testing

@testable import ChannelIntegration
@testable import Retention
@testable import Server

struct ListPointEntriesTests {
  @Test func `entries are listed latest first, page by page, and add up to the balance`() async throws {
    try await LoyaltyHouse.with { house in
      try await house.earn(10, house.ada, activeInDays: 2, expiringInDays: 9)
      for points in 1...5 {
        house.service.clock.advance(seconds: points == 3 ? 0 : 1)
        try await house.earn(points, house.ada)
      }
      try await house.burn(7, house.ada)
      let all = try await house.entries(house.ada)
      #expect(all.count == 7 && all.map(\.at) == all.map(\.at).sorted(by: >))
      #expect(all.last?.activeAt == all.last?.at.adding(seconds: 2 * LoyaltyHouse.day))
      #expect(all.first?.activeAt == nil && all.first?.kind == .burned)
      let balance = try await house.balance(house.ada)
      #expect(all.reduce(0) { $0 + $1.points } == balance.active + balance.pending + balance.expired)
      var paged: [ID<PointEntry>] = []
      var cursor: String?
      repeat {
        let page = try await house.service.call(
          ListPointEntries(customer: house.ada, limit: Limit(2), cursor: cursor))
        paged += page.items.map(\.entry)
        cursor = page.nextCursor
      } while cursor != nil
      #expect(paged == all.map(\.entry))
    }
  }

  @Test func `what another profile took while both were one customer is shown where it was taken`() async throws {
    try await LoyaltyHouse.with { house in
      try await house.earn(10, house.ada, expiringInDays: 1)
      try await house.earn(10, house.grace)
      let link = try await house.link()
      let burned = try await house.burn(15, house.ada)
      try await house.channels.unlink(link)
      #expect(try await house.entries(house.ada).first { $0.entry == burned.entry }?.points == -10)
      #expect(try await house.entries(house.grace).first { $0.entry == burned.entry }?.points == -5)
      #expect(try await house.balance(house.ada).active == 0)
      #expect(try await house.balance(house.grace).active == 5)
    }
  }

  @Test func `a cursor is of one customer's list`() async throws {
    try await LoyaltyHouse.with { house in
      for customer in [house.ada, house.ada, house.grace] { try await house.earn(1, customer) }
      let page = try await house.service.call(ListPointEntries(customer: house.ada, limit: Limit(1)))
      let other = ListPointEntries(customer: house.grace, cursor: page.nextCursor)
      #expect(try await house.service.refusal(of: other)?.paths == ["/params/cursor"])
      let nobody = ListPointEntries(customer: ID(house.service.ids.make(Profile.self)))
      #expect(try await house.service.refusal(of: nobody)?.type == "not_found")
      #expect(
        try await house.service.refusal(of: ListPointEntries(customer: house.ada), as: .customer(house.grace))?.type
          == "not_found")
    }
  }
}
