import Models
import Postgres
import TestSupport
import Testing

@testable import ChannelIntegration
@testable import Server

/// Each kind of clause on facts of its own, at its edges.
struct SegmentClauseTests {
  /// The ids in the shop of those for whom the rule holds.
  private func holders(_ rule: SegmentRule, _ service: TestService) async throws -> Set<String> {
    let preview = try await service.call(PreviewSegment(rule: rule))
    #expect(preview.count == preview.sample.count && preview.sample.allSatisfy { $0.clause.holds })
    let found = preview.sample.map(\.customer)
    let names: [String] = try await service.database.shared.all(
      "SELECT external_id FROM base.profiles WHERE id = ANY (\(found))")
    return Set(names)
  }

  @Test func `traits by value, beginning, number and day, the latest one counting`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let values = [
        "graz": #""Graz""#, "lower": #""graz""#, "one": "1", "oneAgain": "1.0", "text": #""1""#, "yes": "true",
        "big": "1e300", "long": #""12345678901234567890.5""#, "list": "[1]", "day": #""2020-02-29""#,
        "time": #""2020-02-29T23:59:59Z""#,
      ]
      for (name, value) in values {
        _ = try await service.call(
          UpsertProfile(source: .shop, externalId: ExternalID(normal: name), traits: ["t": json(value)]))
      }
      _ = try await service.person("none")
      func trait(_ set: (inout TraitClause) -> Void) async throws -> Set<String> {
        var clause = TraitClause(name: "t")
        set(&clause)
        return try await holders(.trait(clause), service)
      }
      #expect(try await trait { $0.is = text("Graz") } == ["graz"])
      #expect(try await trait { $0.is = json("1") } == ["one", "oneAgain"])
      #expect(try await trait { $0.in = [json("true"), text("1")] } == ["yes", "text"])
      #expect(try await trait { $0.exists = false } == ["none"])
      #expect(try await trait { $0.startsWith = "Gr" } == ["graz"])
      #expect(try await trait { $0.startsWith = "1" } == ["text", "long"])
      #expect(try await trait { $0.atLeast = 1 } == ["one", "oneAgain", "text", "long"])
      #expect(
        try await trait {
          $0.atLeast = 1; $0.atMost = 2
        } == ["one", "oneAgain", "text"])
      #expect(try await trait { $0.after = Day("2020-02-28") } == ["day", "time"])
      #expect(try await trait { $0.before = Day("2020-02-29") } == [])

      // Of two linked profiles the later word counts.
      service.clock.advance(seconds: 1)
      _ = try await service.person("later", ["t": "Wien"])
      let link = try await service.link("graz", "later")
      #expect(try await trait { $0.is = text("Graz") } == [])
      try await service.unlink(link)
      #expect(try await trait { $0.is = text("Graz") } == ["graz"])
    }
  }

  @Test func `events by number, days and properties`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let ada = try await service.person("ada").profile
      let grace = try await service.person("grace").profile
      _ = try await service.person("none")
      try await service.events("View", of: ada, daysAgo: [1, 5, 30], properties: json(#"{"sku":"TEA","price":7}"#))
      try await service.events("View", of: grace, daysAgo: [29], properties: json(#"{"sku":"POT"}"#))
      func performed(_ set: (inout PerformedClause) -> Void) async throws -> Set<String> {
        var clause = PerformedClause(event: "View")
        set(&clause)
        return try await holders(.performed(clause), service)
      }
      #expect(try await performed { _ in } == ["ada", "grace"])
      #expect(try await performed { $0.atLeast = 3 } == ["ada"])
      // What happened thirty days ago to the second is outside.
      #expect(
        try await performed {
          $0.atLeast = 3; $0.withinDays = 30
        } == [])
      #expect(
        try await performed {
          $0.atLeast = 3; $0.withinDays = 31
        } == ["ada"])
      #expect(try await performed { $0.atMost = 1 } == ["grace", "none"])
      #expect(
        try await performed {
          $0.atMost = 0; $0.withinDays = 10
        } == ["grace", "none"])
      #expect(
        try await performed {
          $0.atLeast = 1; $0.atMost = 2
        } == ["grace"])
      #expect(try await performed { $0.where = ["sku": text("TEA"), "price": json("7.0")] } == ["ada"])
      #expect(try await performed { $0.where = ["sku": text("TEA"), "price": text("7")] } == [])
    }
  }

  @Test func `orders by number, days, lines and state, and their sum`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      _ = try await service.call(
        ImportProducts(rows: Rows([Product(sku: SKU(fixed: "TEA"), name: "Tea", category: "Drinks")])))
      let now = service.clock.now
      _ = try await service.order("1", of: "ada", price: Amount("60.50") ?? Amount(0), at: now.adding(seconds: -86_400))
      _ = try await service.order(
        "2", of: "ada", price: Amount("39.50") ?? Amount(0), at: now.adding(seconds: -864_000))
      _ = try await service.order("3", of: "grace", price: Amount(500), at: now, status: .cancelled)
      _ = try await service.person("none")
      func ordered(_ set: (inout OrderedClause) -> Void) async throws -> Set<String> {
        var clause = OrderedClause()
        set(&clause)
        return try await holders(.ordered(clause), service)
      }
      #expect(try await ordered { _ in } == ["ada"])
      #expect(
        try await ordered {
          $0.atLeast = 2; $0.withinDays = 10
        } == [])
      #expect(
        try await ordered {
          $0.atLeast = 2; $0.withinDays = 11
        } == ["ada"])
      #expect(try await ordered { $0.atMost = 0 } == ["grace", "none"])
      #expect(try await ordered { $0.status = [.cancelled] } == ["grace"])
      #expect(
        try await ordered {
          $0.category = "Drinks"; $0.sku = SKU(fixed: "TEA")
        } == ["ada"])
      #expect(try await ordered { $0.category = "Food" } == [])
      #expect(try await ordered { $0.sku = SKU(fixed: "POT") } == [])
      func total(_ set: (inout OrderTotalClause) -> Void) async throws -> Set<String> {
        var clause = OrderTotalClause(currency: .euro)
        set(&clause)
        return try await holders(.orderTotal(clause), service)
      }
      #expect(try await total { $0.atLeast = Amount("100.00") } == ["ada"])
      #expect(try await total { $0.atLeast = Amount("100.01") } == [])
      #expect(try await total { $0.atMost = Amount(99) } == ["grace", "none"])
      #expect(
        try await total {
          $0.atMost = Amount(99); $0.withinDays = 5
        } == ["ada", "grace", "none"])
      #expect(
        try await total {
          $0.currency = Currency(normal: "USD"); $0.atLeast = Amount(0)
        } == ["ada", "grace", "none"])
    }
  }

  @Test func `figures, consents, identifiers and sources`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let ada = try await service.person("ada", email: "ada@example.com")
      let grace = try await service.person("grace")
      _ = try await service.person("none", source: .crm)
      _ = try await service.order("1", of: "ada", at: service.clock.now.adding(seconds: -2 * 86_400))
      _ = try await service.order("2", of: "grace", at: service.clock.now.adding(seconds: -9 * 86_400))
      _ = try await service.order("3", of: "grace", at: service.clock.now.adding(seconds: -8 * 86_400))
      func score(_ name: ScoreName, _ least: Int?, _ most: Int?) async throws -> Set<String> {
        try await holders(
          .score(ScoreClause(name: name, atLeast: least.map { .init($0) }, atMost: most.map { .init($0) })), service)
      }
      #expect(try await score(.recency, 0, 2) == ["ada"])
      #expect(try await score(.recency, 3, nil) == ["grace"])
      #expect(try await score(.frequency, 2, 2) == ["grace"])
      #expect(try await score(.frequency, nil, 5) == ["ada", "grace"])
      try await service.database.execute(
        """
        INSERT INTO retention.lifetime_models
          (source, calibration_end, currency, r, alpha, a, b, p, q, v, fitted_at)
        VALUES ('', '2026-01-01', 'EUR', 1, 1, 1, 1, 1, 1, 1, now())
        """)
      try await service.database.execute(
        """
        INSERT INTO retention.lifetime_values (source, customer, expected_purchases, expected_value, probability_alive)
        VALUES ('', \(ada.customer), 2.5, 100, 0.9), ('', \(grace.customer), 1, 20, 0.1)
        """)
      #expect(try await score(.expectedValue, 21, nil) == ["ada"])
      #expect(try await score(.expectedPurchases, nil, 1) == ["grace"])
      #expect(try await score(.probabilityAlive, 0, 1) == ["ada", "grace"])

      func consent(_ state: ConsentClauseState, on channel: Channel? = nil) async throws -> Set<String> {
        try await holders(.consent(ConsentClause(purpose: "marketing", channel: channel, state: state)), service)
      }
      #expect(try await consent(.unrecorded) == ["ada", "grace", "none"])
      let email = Channel(fixed: "email")
      for (channel, state) in [(email, ConsentDecision.granted), (nil, .withdrawn), (email, .granted)] {
        service.clock.advance(seconds: 1)
        _ = try await service.call(
          RecordConsent(
            customer: ada.customer, purpose: "marketing", channel: channel, state: state,
            basis: Reason(fixed: "consent")))
      }
      #expect(try await consent(.granted, on: email) == ["ada"])
      #expect(try await consent(.withdrawn) == ["ada"])
      #expect(try await consent(.withdrawn, on: Channel(fixed: "phone")) == ["ada"])
      #expect(try await consent(.unrecorded) == ["grace", "none"])

      #expect(try await holders(.carries(CarriesClause(kind: .email)), service) == ["ada"])
      #expect(try await holders(.carries(CarriesClause(kind: .email, verified: true)), service) == ["ada"])
      #expect(try await holders(.carries(CarriesClause(kind: .phone)), service) == [])
      #expect(try await holders(.source(.crm), service) == ["none"])
      #expect(
        try await holders(.any([.source(.crm), .not(.ordered(OrderedClause(atLeast: 1)))]), service) == ["none"])
    }
  }
}
