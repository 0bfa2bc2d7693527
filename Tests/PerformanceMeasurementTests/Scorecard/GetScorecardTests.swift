import Models
import TestSupport
import Testing

@testable import Acquisition
@testable import ChannelIntegration
@testable import PerformanceMeasurement
@testable import Server

struct GetScorecardTests {
  private let from = Day(daysSinceEpoch: 20_089)
  private let to = Day(daysSinceEpoch: 20_119)

  /// Ada is new and comes back, Bob is new, Cyd comes back from before, Dan stays away, Eve cancels.
  private func order(_ service: TestService) async throws {
    let francs = Currency(fixed: "CHF")
    try await service.beside(ChannelIntegrationService.self).order([
      TestOrder("1", of: "ada", at: "2025-01-01T00:00:00Z", "10"),
      TestOrder("2", of: "ada", at: "2025-01-01T12:00:00Z", "20"),
      TestOrder("3", of: "ada", at: "2025-01-30T23:59:59Z", "40.01"),
      TestOrder("4", of: "bob", at: "2025-01-10", "5", currency: francs),
      TestOrder("5", of: "bob", at: "2025-01-31T00:00:00Z", "5", currency: francs),
      TestOrder("6", of: "cyd", at: "2024-12-31T23:59:59Z", "7"),
      TestOrder("7", of: "cyd", at: "2025-01-15", "8", status: .fulfilled),
      TestOrder("8", of: "dan", at: "2024-06-01", "9"),
      TestOrder("9", of: "eve", at: "2025-01-15", "100", status: .cancelled),
      TestOrder("10", of: "eve", at: "2025-01-16", "100", status: .returned),
    ])
  }

  @Test func `Buyers and revenue are those of the days asked for`() async throws {
    try await withService(PerformanceMeasurementService.self) { service in
      try await order(service)
      let card = try await service.call(GetScorecard(from: from, to: to))
      #expect(card.from == from && card.to == to && card.timeZone == "UTC" && card.asOf == service.clock.now)
      #expect(card.acquisition.newCustomers == 2)
      #expect(card.retention.activeCustomers == 3)
      #expect(card.retention.lapsedCustomers == 1)
      // Ada and Cyd have bought on two days, Bob has not yet.
      #expect(card.retention.repeatRate == 2.0 / 3)
      #expect(card.retention.secondPurchaseRate == 0.5)
      #expect(card.expansion.orders == 5)
      #expect(card.expansion.ordersPerCustomer == 5.0 / 3)
      #expect(card.expansion.revenue.map { "\($0.amount) \($0.currency.text)" } == ["5 CHF", "78.01 EUR"])
      // A quarter of 78.01, rounded.
      #expect(card.expansion.averageOrder.map { "\($0.amount) \($0.currency.text)" } == ["5 CHF", "19.5 EUR"])
      #expect(card.channelIntegration.customers == 5)
      #expect(card.performanceMeasurement.latestOrderAt == Timestamp("2025-01-30T23:59:59Z"))
    }
  }

  @Test func `Linked profiles count once`() async throws {
    try await withService(PerformanceMeasurementService.self) { service in
      try await order(service)
      // Dan was Bob all along: a customer from before who came back.
      try await service.beside(ChannelIntegrationService.self).link("bob", "dan")
      let card = try await service.call(GetScorecard(from: from, to: to))
      #expect(card.acquisition.newCustomers == 1)
      #expect(card.retention.activeCustomers == 3)
      #expect(card.retention.lapsedCustomers == 0)
      #expect(card.retention.repeatRate == 1)
      #expect(card.retention.secondPurchaseRate == 1)
      #expect(card.channelIntegration.customers == 4)
      #expect(card.channelIntegration.profiles == 5)
      #expect(card.channelIntegration.linkedCustomers == 1)
    }
  }

  @Test func `Where nobody is there are no rates`() async throws {
    try await withService(PerformanceMeasurementService.self) { service in
      let card = try await service.call(GetScorecard(from: from, to: to))
      #expect(card.acquisition.visitors == 0 && card.acquisition.newCustomers == 0)
      #expect(card.retention.repeatRate == nil && card.retention.secondPurchaseRate == nil)
      #expect(card.expansion.ordersPerCustomer == nil)
      #expect(card.expansion.revenue.isEmpty && card.expansion.averageOrder.isEmpty)
      #expect(card.channelIntegration.customers == 0 && card.channelIntegration.reachableForMarketing == 0)
      #expect(card.performanceMeasurement.latestOrderAt == nil && card.performanceMeasurement.latestEventAt == nil)
    }
  }

  @Test func `Visitors are customers with events and known by an account or not`() async throws {
    try await withService(PerformanceMeasurementService.self) { service in
      let site = try await service.beside(AcquisitionService.self)
      try await service.followRealTime()
      _ = try await site.call(
        "events.collect",
        """
        {"batch":[
          {"type":"track","event":"Seen","messageId":"1","anonymousId":"a","timestamp":"2025-01-02T10:00:00Z"},
          {"type":"track","event":"Seen","messageId":"2","anonymousId":"a","timestamp":"2025-01-03T10:00:00Z"},
          {"type":"track","event":"Seen","messageId":"3","anonymousId":"b","timestamp":"2025-01-04T10:00:00Z"},
          {"type":"identify","messageId":"4","anonymousId":"b","userId":"bob","timestamp":"2025-01-04T10:01:00Z"},
          {"type":"track","event":"Seen","messageId":"5","anonymousId":"c","timestamp":"2025-01-31T00:00:00Z"}
        ]}
        """)
      let card = try await service.call(GetScorecard(from: from, to: to))
      #expect(card.acquisition.visitors == 2)
      #expect(card.acquisition.events == 4)
      #expect(card.acquisition.identifiedVisitors == 1)
      #expect(card.performanceMeasurement.latestEventAt == Timestamp("2025-01-04T10:01:00Z"))
    }
  }

  @Test func `Who may be told of offers is what the latest consents say`() async throws {
    try await withService(PerformanceMeasurementService.self) { service in
      let base = try await service.beside(ChannelIntegrationService.self)
      let email = Channel(fixed: "email")
      let phone = Channel(fixed: "phone")
      let records: [(name: String, said: [(Channel?, ConsentDecision)], isReachable: Bool)] = [
        ("all", [(nil, .granted)], true),
        ("withdrawn", [(nil, .granted), (nil, .withdrawn)], false),
        ("again", [(nil, .withdrawn), (nil, .granted)], true),
        ("one channel", [(email, .granted)], true),
        ("one of two", [(email, .granted), (phone, .withdrawn)], true),
        ("all but one", [(nil, .granted), (email, .withdrawn)], true),
        ("no more", [(email, .granted), (nil, .withdrawn)], false),
        ("but one", [(nil, .withdrawn), (email, .granted)], true),
        ("the one taken back", [(nil, .withdrawn), (email, .granted), (email, .withdrawn)], false),
        ("never asked", [], false),
      ]
      var reachable = 0
      for record in records {
        let profile = try await base.call(
          UpsertProfile(source: .shop, externalId: ExternalID(normal: record.name))
        ).customer
        for (channel, state) in record.said {
          service.clock.advance(seconds: 60)
          _ = try await base.call(
            RecordConsent(
              customer: profile, purpose: "marketing", channel: channel, state: state, basis: Reason(fixed: "consent")))
        }
        if record.isReachable { reachable += 1 }
        let tomorrow = service.clock.now.day.adding(days: 1)
        let card = try await service.call(GetScorecard(from: from, to: tomorrow))
        #expect(card.channelIntegration.reachableForMarketing == reachable, "\(record.name)")
      }
      let before = try await service.call(GetScorecard(from: from, to: to))
      #expect(before.channelIntegration.reachableForMarketing == 0)
    }
  }

  @Test func `Days must be in order and reading needs its scope`() async throws {
    try await withService(PerformanceMeasurementService.self) { service in
      let refusal = try await service.refusal(of: GetScorecard(from: from, to: from))
      #expect(refusal?.type == "invalid_params")
      #expect(refusal?.paths == ["/params/to"])
      let card = GetScorecard(from: from, to: to)
      #expect(try await service.refusal(of: card, as: .service(scopes: ["scorecard:read"])) == nil)
      for principal in [Principal.service(scopes: ["cohorts:read"]), .site] {
        #expect(try await service.refusal(of: card, as: principal)?.type == "forbidden")
      }
    }
  }
}
