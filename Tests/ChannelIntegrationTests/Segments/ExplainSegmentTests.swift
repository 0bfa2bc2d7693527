import Models
import TestSupport
import Testing

@testable import ChannelIntegration
@testable import Server

struct ExplainSegmentTests {
  @Test func `each clause tells whether it holds, and the fact that decides`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let ada = try await service.person("ada", ["locality": "Graz"], email: "ada@example.com")
      try await service.events("View", of: ada.profile, daysAgo: [1, 3])
      _ = try await service.call(
        RecordConsent(
          customer: ada.customer, purpose: "marketing", state: .withdrawn, basis: Reason(fixed: "consent")))
      let rule = SegmentRule.any([
        .all([.trait(TraitClause(name: "locality", is: text("Wien"))), .carries(CarriesClause(kind: .email))]),
        .performed(PerformedClause(event: "View", atLeast: 2, withinDays: 7)),
        .consent(ConsentClause(purpose: "marketing", state: .granted)),
        .orderTotal(OrderTotalClause(currency: .euro, atLeast: Amount(1))),
      ])
      try await service.save("some", rule)
      let told = try await service.call(ExplainSegment(customer: ada.customer, segment: SegmentKey(fixed: "some")))
      #expect(told.isMember && told.holds && told.since == service.clock.now && told.rule == rule && told.version == 1)
      let clauses = try #require(told.clause?.clauses)
      #expect(clauses.map(\.holds) == [false, true, false, false])
      let inner = try #require(clauses[0].clauses)
      #expect(
        inner.map(\.holds) == [false, true] && inner.map(\.path) == ["/any/0/all/0/trait", "/any/0/all/1/carries"])
      #expect(inner[0].fact?.value == text("Graz") && inner[0].fact?.profile == ada.profile)
      #expect(inner[1].fact?.value == text("ada@example.com"))
      #expect(clauses[1].fact?.count == 2)
      #expect(clauses[1].fact?.at == service.clock.now.adding(seconds: -86_400))
      #expect(clauses[2].fact?.value == text("withdrawn") && clauses[3].fact == nil)

      // By the id of another profile, and of time that has not been followed yet.
      let other = try await service.person("other", email: "ada@example.com")
      try await service.followSegments()
      service.clock.advance(seconds: 5 * 86_400)
      let later = try await service.call(
        ExplainSegment(customer: ID(other.profile), segment: SegmentKey(fixed: "some")))
      #expect(later.customer == ada.customer && later.isMember && !later.holds)
      try await service.followSegments()
      let after = try await service.call(ExplainSegment(customer: ada.customer, segment: SegmentKey(fixed: "some")))
      #expect(!after.isMember && after.since == nil && !after.holds)
      #expect(try await service.segmentChanges().map(\.cause) == [.rule, .time])
    }
  }

  @Test func `who and what is unknown is not found`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let ada = try await service.person("ada")
      let nothing = try await service.refusal(
        of: ExplainSegment(customer: ada.customer, segment: SegmentKey(fixed: "x")))
      #expect(nothing?.detail == "segment")
      let nobody = try await service.refusal(
        of: ExplainSegment(customer: ID(high: 1, low: 1), segment: SegmentKey(fixed: "x")))
      #expect(nobody?.detail == "customer")
    }
  }
}
