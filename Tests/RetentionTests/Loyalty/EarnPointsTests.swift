import Models
import TestSupport
import Testing

@testable import ChannelIntegration
@testable import Retention
@testable import Server

struct EarnPointsTests {
  @Test func `what is earned is a lot of its own that can be spent at once and is told in the timeline`() async throws {
    try await LoyaltyHouse.with { house in
      let earned = try await house.service.call(
        EarnPoints(customer: house.ada, points: .hundred, reference: Reason(fixed: "order 7")))
      #expect((earned.customer, earned.points, earned.balance) == (house.ada, 100, 100))
      #expect(earned.lots == [MovedPoints(lot: earned.entry, points: 100)])
      let again = try await house.earn(5, house.ada)
      #expect(again.balance == 105 && again.entry != earned.entry)
      let told = try await house.channels.call(CustomerTimeline(customer: house.ada)).items
        .filter { $0.type == "points.earned" }
      #expect(told.count == 2)
      #expect(told.contains { $0.details.text.contains("order 7") && $0.source == "retention" })
    }
  }

  @Test func `what cannot be spent yet does not count yet`() async throws {
    try await LoyaltyHouse.with { house in
      let earned = try await house.earn(10, house.ada, activeInDays: 14, expiringInDays: 30)
      #expect(earned.balance == 0)
      house.service.clock.advance(seconds: 14 * LoyaltyHouse.day)
      #expect(try await house.burn(10, house.ada).balance == 0)
    }
  }

  @Test func `numbers and moments that make no lot are refused with their path, and nothing is written`() async throws {
    try await LoyaltyHouse.with { house in
      for points in ["0", "-1", "1000000001", "1.5", "\"10\"", "null", "1e30"] {
        let params = "{\"customer\": \"\(house.ada)\", \"points\": \(points)}"
        #expect(try await house.service.refusal(of: "loyalty.earn", params)?.paths == ["/params/points"], "\(points)")
      }
      for (active, expires) in [(nil, house.now), (house.now.adding(seconds: 60), house.now.adding(seconds: 60))] {
        let lost = EarnPoints(customer: house.ada, points: .hundred, activeAt: active, expiresAt: expires)
        #expect(try await house.service.refusal(of: lost)?.paths == ["/params/expiresAt"])
      }
      let past = house.now.adding(seconds: -60)
      let gone = EarnPoints(
        customer: house.ada, points: .hundred, activeAt: past.adding(seconds: -60), expiresAt: past)
      #expect(try await house.service.refusal(of: gone)?.paths == ["/params/expiresAt"])
      let nobody = EarnPoints(customer: ID(house.service.ids.make(Profile.self)), points: .hundred)
      #expect(try await house.service.refusal(of: nobody)?.type == "not_found")
      #expect(try await house.balance(house.ada).active == 0)
      let rows: Int = try await house.service.database.shared.one("SELECT count(*) FROM retention.point_entries")
      #expect(rows == 0)
    }
  }

  @Test func `nothing more is earned by somebody who was erased, and what was said of it is gone`() async throws {
    try await LoyaltyHouse.with { house in
      let earned = try await house.service.call(
        EarnPoints(customer: house.ada, points: .hundred, reference: Reason(fixed: "canary")))
      _ = try await house.channels.call(EraseCustomer(customer: house.ada))
      let more = EarnPoints(customer: house.ada, points: .hundred)
      #expect(try await house.service.refusal(of: more)?.type == "erased")
      #expect(try await house.service.refusal(of: BurnPoints(customer: house.ada, points: .hundred))?.type == "erased")
      #expect(try await house.service.refusal(of: house.reversal(of: earned.entry))?.type == "erased")
      let left: [String?] = try await house.service.database.shared.rows(
        "SELECT reference FROM retention.point_entries"
      ).map { try $0.decode(String?.self) }
      #expect(left == [nil])
      let kept: Int = try await house.service.database.shared.one(
        "SELECT sum(remaining)::int8 FROM retention.point_lots")
      #expect(kept == 100)
    }
  }

  @Test func `whoever may not write points adds none`() async throws {
    try await LoyaltyHouse.with { house in
      let earn = EarnPoints(customer: house.ada, points: .hundred)
      for principal in [Principal.customer(house.ada), .site, .service(scopes: ["loyalty:read"])] {
        #expect(try await house.service.refusal(of: earn, as: principal)?.type == "forbidden")
      }
      let earned = try await house.service.call(earn, as: .service(scopes: ["loyalty:write"]))
      #expect(earned.balance == 100)
    }
  }
}
