import Models
import TestSupport
import Testing

@testable import ChannelIntegration
@testable import Retention
@testable import Server

struct GetPointBalanceTests {
  @Test func `points are active, pending or expired, and tell when they are lost`() async throws {
    try await LoyaltyHouse.with { house in
      let day = LoyaltyHouse.day
      try await house.earn(1, house.ada)
      try await house.earn(2, house.ada, expiringInDays: 10)
      try await house.earn(3, house.ada, expiringInDays: 10)
      try await house.earn(4, house.ada, expiringInDays: 20)
      try await house.earn(5, house.ada, activeInDays: 3, expiringInDays: 5)
      let start = house.now
      let balance = try await house.balance(house.ada)
      #expect((balance.active, balance.pending, balance.expired, balance.asOf) == (10, 5, 0, start))
      #expect(
        balance.expiring == [
          ExpiringPoints(points: 5, expiresAt: start.adding(seconds: 10 * day)),
          ExpiringPoints(points: 4, expiresAt: start.adding(seconds: 20 * day)),
        ])
      for (days, active, pending, expired) in [(3, 15, 0, 0), (5, 10, 0, 5), (10, 5, 0, 10), (20, 1, 0, 14)] {
        let then = try await house.balance(house.ada, asOf: start.adding(seconds: Int64(days) * day))
        #expect((then.active, then.pending, then.expired) == (active, pending, expired), "\(days)")
      }
    }
  }

  @Test func `a moment of the past shows what was there then`() async throws {
    try await LoyaltyHouse.with { house in
      let start = house.now
      try await house.earn(100, house.ada)
      house.service.clock.advance(seconds: 60)
      let burned = try await house.burn(30, house.ada)
      let between = house.now
      house.service.clock.advance(seconds: 60)
      _ = try await house.service.call(house.reversal(of: burned.entry))
      #expect(try await house.balance(house.ada, asOf: start.adding(seconds: -1)).active == 0)
      #expect(try await house.balance(house.ada, asOf: start).active == 100)
      #expect(try await house.balance(house.ada, asOf: between).active == 70)
      #expect(try await house.balance(house.ada).active == 100)
    }
  }

  @Test func `profiles of one customer have one balance, and their own again once they are parted`() async throws {
    try await LoyaltyHouse.with { house in
      try await house.earn(10, house.ada, expiringInDays: 9)
      try await house.earn(20, house.grace)
      let before = try await house.service.respond(to: GetPointBalance(customer: house.grace), as: .staff).json
      let link = try await house.link()
      #expect(try await house.balance(house.grace).active == 30)
      #expect(try await house.balance(house.grace).customer == house.ada)
      try await house.channels.unlink(link)
      #expect(
        try await house.service.respond(to: GetPointBalance(customer: house.grace), as: .staff).json == before)
    }
  }

  @Test func `customers see their own points and nobody else's`() async throws {
    try await LoyaltyHouse.with { house in
      try await house.earn(10, house.ada)
      let own = GetPointBalance(customer: house.ada)
      #expect(try await house.service.call(own, as: .customer(house.ada)).active == 10)
      #expect(try await house.service.refusal(of: own, as: .customer(house.grace))?.type == "not_found")
      #expect(try await house.service.refusal(of: own, as: .site)?.type == "forbidden")
      let nobody = GetPointBalance(customer: ID(house.service.ids.make(Profile.self)))
      #expect(try await house.service.refusal(of: nobody)?.type == "not_found")
    }
  }
}
