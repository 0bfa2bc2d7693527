import Models
import TestSupport
import Testing

@testable import ChannelIntegration
@testable import Retention
@testable import Server

struct BurnPointsTests {
  @Test func `what expires first is spent first, over all profiles of the customer`() async throws {
    try await LoyaltyHouse.with { house in
      let never = try await house.earn(10, house.ada)
      let late = try await house.earn(10, house.grace, expiringInDays: 60)
      let soon = try await house.earn(10, house.ada, expiringInDays: 30)
      _ = try await house.link()
      let burned = try await house.burn(25, house.grace)
      #expect(burned.points == -25 && burned.balance == 5 && burned.customer == house.ada)
      let taken = [
        MovedPoints(lot: soon.entry, points: -10), MovedPoints(lot: late.entry, points: -10),
        MovedPoints(lot: never.entry, points: -5),
      ]
      #expect(burned.lots == taken)
    }
  }

  @Test func `more than there is takes nothing`() async throws {
    try await LoyaltyHouse.with { house in
      try await house.earn(10, house.ada)
      try await house.earn(5, house.ada, activeInDays: 1)
      try await house.earn(7, house.grace)
      let refusal = try await house.service.refusal(of: BurnPoints(customer: house.ada, points: .hundred))
      #expect(refusal?.code == 3002 && refusal?.type == "insufficient_points" && refusal?.detail == "10 of 100")
      #expect(try await house.balance(house.ada).active == 10)
      #expect(try await house.entries(house.ada).count == 2)
      let nobody = BurnPoints(customer: ID(house.service.ids.make(Profile.self)), points: .hundred)
      #expect(try await house.service.refusal(of: nobody)?.type == "not_found")
    }
  }

  @Test func `what has expired is not spent`() async throws {
    try await LoyaltyHouse.with { house in
      try await house.earn(100, house.ada, expiringInDays: 1)
      house.service.clock.advance(seconds: LoyaltyHouse.day)
      let refusal = try await house.service.refusal(of: BurnPoints(customer: house.ada, points: .hundred))
      #expect(refusal?.detail == "0 of 100")
    }
  }

  @Test func `what many spend at once is spent once`() async throws {
    try await LoyaltyHouse.with { house in
      for _ in 0..<5 { try await house.earn(20, house.ada, expiringInDays: 10) }
      let spent = await withTaskGroup(of: Int.self) { group in
        for _ in 0..<24 {
          group.addTask {
            do {
              return -(try await house.burn(9, house.ada).points)
            } catch {
              return 0
            }
          }
        }
        return await group.reduce(0, +)
      }
      #expect(spent == 99)
      #expect(try await house.balance(house.ada).active == 1)
      #expect(try await house.entries(house.ada).reduce(0) { $0 + $1.points } == 1)
    }
  }

  @Test func `a call that is repeated with its key spends once`() async throws {
    try await LoyaltyHouse.with { house in
      try await house.earn(100, house.ada)
      let burn = BurnPoints(customer: house.ada, points: Points(30) ?? .hundred)
      let first = try await house.service.call(burn, as: .staff, key: "once")
      let again = try await house.service.call(burn, as: .staff, key: "once")
      #expect(first.entry == again.entry)
      #expect(try await house.balance(house.ada).active == 70)
    }
  }
}
