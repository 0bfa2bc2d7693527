import Models
import Postgres
import TestSupport
import Testing

@testable import ChannelIntegration
@testable import Server

/// How PostgreSQL carries out what rules become, with 20,000 customers.
struct SegmentPlanTests {
  private static let rule = SegmentRule.all([
    .any([
      .trait(TraitClause(name: "locality", is: text("Town 7"))), .trait(TraitClause(name: "locality", startsWith: "V")),
    ]),
    .performed(PerformedClause(event: "View", atLeast: 2, withinDays: 30, where: ["sku": text("TEA")])),
    .ordered(OrderedClause(atLeast: 1, withinDays: 300, category: "Drinks")),
    .orderTotal(OrderTotalClause(currency: .euro, atLeast: Amount(1), withinDays: 300)),
    .score(ScoreClause(name: .recency, atMost: 300)), .score(ScoreClause(name: .frequency, atLeast: 1)),
    .score(ScoreClause(name: .expectedValue, atLeast: 1)),
    .consent(ConsentClause(purpose: "marketing", channel: Channel(fixed: "email"), state: .granted)),
    .carries(CarriesClause(kind: .email)), .source(.shop),
  ])

  @Test func `customers who were touched are measured by indexes alone`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      try await fill(service)
      let some: [ID<Customer>] = try await service.database.shared.all(
        "SELECT id FROM base.customers ORDER BY id LIMIT 20")
      let plan = SegmentPlan(Self.rule, now: service.clock.now)
      #expect(plan.reads == [.profiles, .consents, .orders, .events, .products, .lifetimeValues])
      for customers in [Array(some.prefix(1)), some] {
        let lines = try await explain(
          "\(plan.evaluation(of: SegmentPlan.these(customers))) SELECT customer FROM evaluation", service)
        // Products are few, and months without events hold nothing to read.
        let scans = lines.filter { $0.contains("Seq Scan on") && !$0.contains(/on (products|events_20)/) }
        #expect(scans == [], "\(lines.joined(separator: "\n"))")
      }
      let due = try await explain(
        """
        SELECT r.customer FROM base.segment_rechecks r
        WHERE r.segment = 'one' AND r.recheck_at <= \(service.clock.now) ORDER BY r.recheck_at LIMIT 1000
        """, service)
      #expect(due.contains { $0.contains("segment_rechecks_due") })
    }
  }

  @Test func `those for whom a rule may hold are found by the indexes that it names`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      try await fill(service)
      let rules: [(SegmentRule, String)] = [
        (.trait(TraitClause(name: "locality", is: text("Town 7"))), "traits_value"),
        (.trait(TraitClause(name: "locality", in: [text("Town 7"), text("Town 8")])), "traits_value"),
        (.performed(PerformedClause(event: "Rare")), "name_occurred_at"),
        (.ordered(OrderedClause(withinDays: 1)), "orders_ordered_at"),
        (.ordered(OrderedClause(sku: SKU(fixed: "RARE"))), "order_lines_sku"),
        (.source(SourceName(fixed: "crm")), "profile_keys_pkey"),
        (.carries(CarriesClause(kind: .loyaltyCard)), "identifiers_value"),
        (.score(ScoreClause(name: .expectedValue, atLeast: 19_990)), "lifetime_values_expected_value"),
      ]
      for (rule, index) in rules {
        let lines = try await explain(SegmentPlan(rule, now: service.clock.now).everybody, service)
        #expect(lines.contains { $0.contains(index) }, "\(lines.joined(separator: "\n"))")
      }
    }
  }

  private func explain(_ statement: SQL, _ service: TestService) async throws -> [String] {
    try await service.database.connection { connection in
      try await connection.all("EXPLAIN (COSTS off) \(statement)")
    }
  }

  /// Twenty thousand customers with everything that rules may ask for.
  private func fill(_ service: TestService) async throws {
    let now = service.clock.now
    try await service.database.transaction(statementTimeout: .seconds(60)) { transaction in
      let people: SQL =
        "(SELECT n, ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid AS id FROM generate_series(1, 20000) n)"
      let statements: [SQL] = [
        "INSERT INTO base.profiles (id, source, external_id, created_at) SELECT id, 'shop', n::text, \(now) FROM \(people) p",
        "INSERT INTO base.profile_keys (source, external_id, profile) SELECT 'shop', n::text, id FROM \(people) p",
        "INSERT INTO base.customers (id) SELECT id FROM \(people) p",
        "INSERT INTO base.members (profile, customer) SELECT id, id FROM \(people) p",
        """
        INSERT INTO base.traits (profile, name, value, at)
        SELECT id, 'locality', to_jsonb('Town ' || n % 500), \(now) FROM \(people) p
        """,
        """
        INSERT INTO base.identifiers (profile, kind, value, verified, at)
        SELECT id, 'email', n || '@example.com', true, \(now) FROM \(people) p
        """,
        """
        INSERT INTO base.consents (id, profile, purpose, state, basis, recorded_at)
        SELECT gen_random_uuid(), id, 'marketing', 'granted', 'consent', \(now) FROM \(people) p
        """,
        """
        INSERT INTO base.products (sku, name, category, at)
        VALUES ('TEA', 'Tea', 'Drinks', \(now)), ('RARE', 'Rare', 'Drinks', \(now))
        """,
        """
        INSERT INTO base.orders (profile, id, source, external_id, ordered_at, currency, status, total, fingerprint, entry)
        SELECT id, id, 'shop', n::text, \(now) - n % 400 * interval '1 day', 'EUR', 'placed', 10, '', 1 FROM \(people) p
        """,
        """
        INSERT INTO base.order_lines (profile, order_id, position, sku, quantity, unit_price)
        SELECT id, id, 1, 'TEA', 1, 10 FROM \(people) p
        """,
        """
        INSERT INTO acquisition.events (profile, received_at, id, message_id, type, name, occurred_at, entry, body)
        SELECT id, \(now), id, n::text, 'track', 'View', \(now) - n % 60 * interval '1 day', 1,
          '{"properties":{"sku":"TEA"}}'
        FROM \(people) p
        """,
        """
        INSERT INTO retention.lifetime_models (source, calibration_end, currency, r, alpha, a, b, p, q, v, fitted_at)
        VALUES ('', '2026-01-01', 'EUR', 1, 1, 1, 1, 1, 1, 1, \(now))
        """,
        """
        INSERT INTO retention.lifetime_values (source, customer, expected_purchases, expected_value, probability_alive)
        SELECT '', id, 1, n, 0.5 FROM \(people) p
        """,
        """
        INSERT INTO base.segment_rechecks (segment, customer, recheck_at)
        SELECT 'one', id, \(now) + n * interval '1 minute' FROM \(people) p
        """,
      ]
      for statement in statements { try await transaction.execute(statement) }
    }
    try await service.database.connection { connection in
      for table in [
        "base.profiles", "base.profile_keys", "base.customers", "base.members", "base.traits", "base.identifiers",
        "base.consents", "base.products", "base.orders", "base.order_lines", "acquisition.events",
        "retention.lifetime_values", "base.segment_rechecks",
      ] {
        let parts = table.split(separator: ".").map { SQL(identifier: String($0)) }
        try await connection.execute("ANALYZE \(parts[0]).\(parts[1])")
      }
    }
  }
}
