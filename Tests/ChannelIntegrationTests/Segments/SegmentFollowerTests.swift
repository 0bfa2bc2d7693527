import CustomerBase
import Models
import Postgres
import TestSupport
import Testing

@testable import ChannelIntegration
@testable import Server

struct SegmentFollowerTests {
  @Test func `whoever joins leaves by the id that is no more, and an unlink brings everybody back`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let ada = try await service.person("ada", ["locality": "Graz"]).customer
      let grace = try await service.person("grace", ["locality": "Graz"]).customer
      let alan = try await service.person("alan").customer
      try await service.save("graz", .trait(TraitClause(name: "locality", is: text("Graz"))))
      try await service.save("elsewhere", .not(.trait(TraitClause(name: "locality", exists: true))))
      let before = [try await service.members("graz"), try await service.members("elsewhere")]
      #expect(before == [[ada, grace], [alan]])
      let first = try await service.link("ada", "grace")
      let second = try await service.link("grace", "alan")
      try await service.followSegments()
      #expect(try await service.members("graz") == [ada])
      #expect(try await service.members("elsewhere") == [])
      try await service.unlink(first)
      try await service.followSegments()
      #expect(try await service.members("graz") == [ada, grace])
      try await service.unlink(second)
      try await service.followSegments()
      #expect([try await service.members("graz"), try await service.members("elsewhere")] == before)
      let changes = try await service.segmentChanges()
      #expect(changes.filter { $0.cause == .link }.count == 4)
    }
  }

  @Test func `windows slide past facts at their moment, and nobody else is looked at`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let ada = try await service.person("ada").profile
      _ = try await service.person("grace")
      try await service.save("active", .performed(PerformedClause(event: "View", atLeast: 2, withinDays: 10)))
      try await service.save("quiet", .performed(PerformedClause(event: "View", atMost: 0, withinDays: 10)))
      try await service.events("View", of: ada, daysAgo: [9, 5, 1])
      try await service.followSegments()
      #expect(try await service.names("active") == ["ada"])
      #expect(try await service.names("quiet") == ["grace"])
      let rechecks: [Timestamp] = try await service.database.shared.all(
        "SELECT recheck_at FROM base.segment_rechecks ORDER BY segment")
      #expect(rechecks == [5, 9].map { service.clock.now.adding(seconds: 86_400 * $0) })

      service.clock.advance(seconds: 5 * 86_400 - 1)
      try await service.passTime()
      #expect(try await service.names("active") == ["ada"])
      service.clock.advance(seconds: 1)
      try await service.passTime()
      #expect(try await service.names("active") == [])
      #expect(try await service.names("quiet") == ["grace"])
      service.clock.advance(seconds: 4 * 86_400)
      try await service.passTime()
      #expect(try await service.names("quiet") == ["ada", "grace"])
      let left: Int = try await service.database.shared.one("SELECT count(*) FROM base.segment_rechecks")
      #expect(left == 0)
      try await service.followSegments()
      #expect(try await service.segmentChanges().suffix(2).map(\.cause) == [.time, .time])
    }
  }

  @Test func `days since the last order turn at midnight of UTC`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      _ = try await service.order("1", of: "ada", at: service.clock.now)
      try await service.save("lately", .score(ScoreClause(name: .recency, atMost: 1)))
      try await service.save("lost", .score(ScoreClause(name: .recency, atLeast: 3)))
      // From ten in the morning to midnight.
      service.clock.advance(seconds: 14 * 3600 + 86_400 - 1)
      try await service.passTime()
      #expect(try await service.names("lately") == ["ada"])
      #expect(try await service.names("lost") == [])
      service.clock.advance(seconds: 1)
      try await service.passTime()
      #expect(try await service.names("lately") == [])
      #expect(try await service.names("lost") == [])
      service.clock.advance(seconds: 86_400)
      try await service.passTime()
      #expect(try await service.names("lost") == ["ada"])
    }
  }

  @Test func `whoever is erased is in no segment, at once, and their changes tell nothing`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let ada = try await service.person("ada", ["locality": "Graz"])
      let grace = try await service.person("grace", ["locality": "Graz"])
      let other = try await service.person("other")
      try await service.link("grace", "other")
      try await service.save("graz", .trait(TraitClause(name: "locality", is: text("Graz"))))
      try await service.save("wait", .performed(PerformedClause(event: "x", atMost: 3, withinDays: 9)))
      try await service.erase([ada.profile])
      #expect(try await service.members("graz") == [grace.customer])
      #expect(try await service.members("wait") == [grace.customer])
      // Of a customer who goes on with another profile, that one decides.
      try await service.erase([grace.profile])
      try await service.followSegments()
      #expect(try await service.members("graz") == [])
      #expect(try await service.members("wait") == [grace.customer])
      #expect(try await service.segmentChanges().map(\.change) == [.left])
      try await service.erase([other.profile])
      #expect(try await service.members("wait") == [])
      let told = try await service.call(ExplainSegment(customer: ada.customer, segment: SegmentKey(fixed: "wait")))
      #expect(!told.holds && told.clause == nil)
    }
  }

  @Test func `whoever refuses profiling is listed no more at once, leaves every segment, and may come back`()
    async throws
  {
    try await withService(ChannelIntegrationService.self) { service in
      let ada = try await service.person("ada", ["locality": "Graz"])
      _ = try await service.person("grace", ["locality": "Graz"])
      try await service.save("graz", .trait(TraitClause(name: "locality", is: text("Graz"))))
      func say(_ state: ConsentDecision) async throws {
        service.clock.advance(seconds: 1)
        _ = try await service.call(
          RecordConsent(customer: ada.customer, purpose: "profiling", state: state))
      }
      try await say(.withdrawn)
      #expect(try await service.names("graz") == ["grace"])
      let preview = PreviewSegment(rule: .trait(TraitClause(name: "locality", is: text("Graz"))))
      #expect(try await service.call(preview).count == 1)
      let asked = ExplainSegment(customer: ada.customer, segment: SegmentKey(fixed: "graz"))
      #expect(try await service.refusal(of: asked)?.type == Failure.consentMissing.type)
      try await service.followSegments()
      #expect(try await service.segmentChanges().suffix(1).map(\.change) == [.left])
      try await say(.granted)
      try await service.followSegments()
      #expect(try await service.names("graz") == ["ada", "grace"])
      #expect(try await service.segmentChanges().suffix(1).map(\.cause) == [.consent])
    }
  }

  @Test func `what concerns everybody has them measured again`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      func product(_ category: String) async throws {
        _ = try await service.call(
          ImportProducts(rows: Rows([Product(sku: SKU(fixed: "TEA"), name: "Tea", category: category)])))
      }
      try await product("Drinks")
      _ = try await service.order("1", of: "ada")
      try await service.save("drinks", .ordered(OrderedClause(category: "Drinks")))
      try await service.save("valuable", .score(ScoreClause(name: .expectedValue, atLeast: 10)))
      #expect(try await service.names("drinks") == ["ada"])
      try await product("Food")
      let owner = service.database
      try await owner.transaction { transaction in
        try await transaction.execute(
          """
          INSERT INTO retention.lifetime_models
            (source, calibration_end, currency, r, alpha, a, b, p, q, v, fitted_at)
          VALUES ('', '2026-01-01', 'EUR', 1, 1, 1, 1, 1, 1, 1, now())
          """)
        try await transaction.execute(
          """
          INSERT INTO retention.lifetime_values (source, customer, expected_purchases, expected_value, probability_alive)
          SELECT '', c.id, 1, 20, 0.5 FROM base.customers c
          """)
        service.segmentBase(transaction).append([
          try JournalEntry(subject: nil, type: "clv.published", payload: ["customers": 1])
        ])
      }
      try await service.followSegments()
      #expect(try await service.names("drinks") == [])
      #expect(try await service.names("valuable") == ["ada"])

      // Figures follow an order by themselves: they are looked at once more.
      _ = try await service.order("2", of: "ada")
      try await service.followSegments()
      try await owner.execute("UPDATE retention.lifetime_values SET expected_value = 5")
      #expect(try await service.names("valuable") == ["ada"])
      service.clock.advance(seconds: 30)
      try await service.passTime()
      #expect(try await service.names("valuable") == [])
    }
  }

  @Test func `what concerns everybody several times is measured once where no job has begun`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      _ = try await service.person("ada")
      try await service.save("graz", .trait(TraitClause(name: "locality", is: text("Graz"))))
      let jobs: SQL = "SELECT count(*) FROM base.jobs WHERE actor = 'follower'"
      func trust(_ sources: [SourceName]) async throws {
        _ = try await service.call(
          SaveTraitPolicy(trait: TraitName(fixed: "locality"), rule: .mostTrusted, sources: sources))
      }
      for sources in [[.crm], [.shop], [.crm, .shop]] as [[SourceName]] {
        try await trust(sources)
        try await service.follow(SegmentFollower.self)
        #expect(try await service.database.shared.one(jobs) == 1, "after the trust in \(sources)")
      }
      try await service.followSegments()
      #expect(try await service.database.shared.one("SELECT computed_version = version FROM base.segments") == true)
      // That job has ended, and the next change needs another.
      try await trust([.shop, .crm])
      try await service.followSegments()
      #expect(try await service.database.shared.one(jobs) == 2)
    }
  }

  @Test func `two workers side by side change nothing twice`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let twin = try await service.beside(ChannelIntegrationService.self)
      defer { twin.close() }
      let rule = SegmentRule.all([.source(.shop), .performed(PerformedClause(event: "View", atMost: 0, withinDays: 5))])
      try await service.save("quiet", rule)
      for round in 0..<5 {
        for number in 0..<8 {
          let person = try await service.person("\(round)-\(number)").profile
          try await service.events("View", of: person, daysAgo: [Int64(number)])
        }
        service.clock.advance(seconds: 86_400)
        async let one: Void = service.followSegments()
        async let other: Void = twin.followSegments()
        _ = try await (one, other)
      }
      try await service.followSegments()
      var members: Set<ID<Customer>> = []
      for change in try await service.segmentChanges() {
        // Nobody enters twice, and nobody leaves who is not in.
        if change.change == .entered { #expect(members.insert(change.customer).inserted) }
        if change.change == .left { #expect(members.remove(change.customer) != nil) }
      }
      #expect(try await service.members("quiet") == members)
      #expect(members.count == 30)
    }
  }
}
