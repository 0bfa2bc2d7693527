import Models
import TestSupport
import Testing

@testable import ChannelIntegration
@testable import Retention
@testable import Server

struct ReversePointsTests {
  @Test func `what was burned goes back to its lots`() async throws {
    try await LoyaltyHouse.with { house in
      let soon = try await house.earn(10, house.ada, expiringInDays: 1)
      let late = try await house.earn(10, house.ada, expiringInDays: 30)
      let burned = try await house.burn(15, house.ada)
      let back = try await house.service.call(house.reversal(of: burned.entry))
      #expect((back.points, back.balance) == (15, 20))
      #expect(
        back.lots.sorted { $0.lot < $1.lot } == [
          MovedPoints(lot: soon.entry, points: 10), MovedPoints(lot: late.entry, points: 5),
        ])
      let listed = try await house.entries(house.ada)
      #expect(listed.first { $0.entry == burned.entry }?.reversedBy == back.entry)
      #expect(listed.first { $0.entry == back.entry }?.reverses == burned.entry)
    }
  }

  @Test func `what goes back to a lot that has expired is lost`() async throws {
    try await LoyaltyHouse.with { house in
      try await house.earn(10, house.ada, expiringInDays: 1)
      let burned = try await house.burn(10, house.ada)
      house.service.clock.advance(seconds: LoyaltyHouse.day)
      #expect(try await house.service.call(house.reversal(of: burned.entry)).balance == 0)
      #expect(try await house.balance(house.ada).expired == 10)
    }
  }

  @Test func `what was earned is taken of its own lot first, and of others where it was spent`() async throws {
    try await LoyaltyHouse.with { house in
      let earned = try await house.earn(10, house.ada, expiringInDays: 1)
      let other = try await house.earn(10, house.ada, expiringInDays: 30)
      try await house.burn(6, house.ada)
      let back = try await house.service.call(house.reversal(of: earned.entry))
      #expect(
        back.lots == [
          MovedPoints(lot: earned.entry, points: -4), MovedPoints(lot: other.entry, points: -6),
        ])
      #expect(back.balance == 4)
    }
  }

  @Test func `what was earned and is spent cannot be taken back`() async throws {
    try await LoyaltyHouse.with { house in
      let earned = try await house.earn(10, house.ada)
      try await house.burn(8, house.ada)
      let refusal = try await house.service.refusal(of: house.reversal(of: earned.entry))
      #expect(refusal?.type == "insufficient_points" && refusal?.detail == "2 of 10")
      #expect(try await house.balance(house.ada).active == 2)
    }
  }

  @Test func `points that are not active yet, or expired, can be taken back`() async throws {
    try await LoyaltyHouse.with { house in
      let pending = try await house.earn(10, house.ada, activeInDays: 5)
      #expect(try await house.service.call(house.reversal(of: pending.entry)).points == -10)
      let short = try await house.earn(7, house.ada, expiringInDays: 1)
      house.service.clock.advance(seconds: LoyaltyHouse.day)
      #expect(try await house.service.call(house.reversal(of: short.entry)).points == -7)
      let balance = try await house.balance(house.ada)
      #expect((balance.active, balance.pending, balance.expired) == (0, 0, 0))
    }
  }

  @Test func `an entry is reversed once, a reversal never, and none that is not there`() async throws {
    try await LoyaltyHouse.with { house in
      let earned = try await house.earn(10, house.ada)
      let outcomes = await withTaskGroup(of: Bool.self) { group in
        for _ in 0..<6 {
          group.addTask { (try? await house.service.call(house.reversal(of: earned.entry))) != nil }
        }
        return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
      }
      #expect(outcomes == 1)
      let again = try await house.service.refusal(of: house.reversal(of: earned.entry))
      #expect(again?.type == "wrong_state" && again?.detail == "it was reversed before")
      let reversal = try #require(try await house.entries(house.ada).first)
      let back = try await house.service.refusal(of: house.reversal(of: reversal.entry))
      #expect(back?.type == "wrong_state" && back?.detail == "it is a reversal itself")
      let nothing = try await house.service.refusal(of: house.reversal(of: house.service.ids.make()))
      #expect(nothing?.type == "not_found" && nothing?.detail == "entry")
    }
  }
}
