import JSON
import JSONRPC
import Models
import TestSupport
import Testing

@testable import Acquisition
@testable import ChannelIntegration
@testable import Expansion
@testable import PerformanceMeasurement
@testable import Retention
@testable import Server

@Suite struct ProfilingTests {
  /// What methods about it do not do: conclude from a person's behaviour what they are like or will do. Everything else is
  /// `Profiling`.
  private static let plain: [Noun: String] = [
    .addresses: "which addresses take messages", .audit: "what was done",
    .cohorts: "counts of customers by when they first bought",
    .consents: "what people said of purposes", .customers: "what is stored", .events: "taking what happened",
    .exports: "files of what is stored", .funnels: "counts of visitors by step",
    .identities: "which records are one person", .imports: "taking what sources say", .jobs: "work of the suite",
    .lists: "which addresses take messages", .loyalty: "points as they were earned and spent",
    .orders: "what was ordered", .own: "what a person is told of themselves",
    .privacy: "forgetting, and telling what is stored", .products: "what is sold", .profiles: "what sources say",
    .purposes: "what data are for", .retentionRules: "how long facts are kept",
    .rpc: "the contract", .scorecard: "figures of the whole",
    .sessions: "visits as they were", .signIns: "tokens", .traitPolicies: "which of a trait's values is shown",
    .visitors: "visits as they were",
  ]

  /// Methods of a noun that profiles otherwise, which tell of nobody or of what happened.
  private static let plainMethods: Set<String> = [
    "segments.changes", "segments.get", "segments.list", "segments.remove", "segments.save",
  ]

  @Test func `every method is about something that is known to profile or not to`() {
    for method in allServices.flatMap({ $0.allMethods }) {
      let isPlain = Self.plain[method.access.noun] != nil || Self.plainMethods.contains(method.name)
      #expect(isPlain != (method is any Profiling.Type), "\(method.name): does it profile?")
    }
  }

  @Test func `the contract tells who profiles, and that one may be refused`() async throws {
    for service in allServices {
      let contract = try JSONDocument(parsing: Array(service.contract.utf8)).root
      for method in service.methods {
        let told = contract["methods"]?.elements.first { $0["name"]?.string == method.name }
        let isProfiling = method is any Profiling.Type
        #expect(told?["x-purpose"]?.string == (isProfiling ? "profiling" : nil), "\(method.name)")
        let codes = told?["errors"]?.elements.compactMap { $0["code"]?.integer } ?? []
        #expect(codes.contains(1001) == (isProfiling && method is any AboutCustomer.Type), "\(method.name)")
      }
    }
  }

  @Test func `who refuses is asked about in no other way, and who agrees again is back`() async throws {
    let house = try await ExampleHouse.shared()
    try await withService(RetentionService.self, template: house.template) { service in
      service.clock.advance(seconds: 3600)
      let channels = try await service.beside(ChannelIntegrationService.self)
      let expansion = try await service.beside(ExpansionService.self)
      defer {
        channels.close()
        expansion.close()
      }
      let grace = try await service.customer("grace")
      func refusals() async throws -> [TestSupport.Refusal?] {
        [
          try await service.refusal(of: GetRFM(customer: grace)),
          try await service.refusal(of: GetLifetimeValue(customer: grace, horizonDays: 30)),
          try await expansion.refusal(of: RecommendForCustomer(customer: grace)),
          try await expansion.refusal(of: RecommendForCustomer(customer: grace), as: .customer(grace)),
        ]
      }
      func listed() async throws -> [Bool] {
        [
          try await service.call(ListRFM(asOf: service.clock.now.day, limit: Limit(200))).items
            .contains { $0.customer == grace },
          try await service.call(ListLifetimeValues(sort: .value, limit: Limit(200))).items
            .contains { $0.customer == grace },
        ]
      }
      #expect(try await refusals() == [nil, nil, nil, nil])
      #expect(try await listed() == [true, true])
      _ = try await channels.call(RecordOwnConsent(purpose: .profiling, state: .withdrawn), as: .customer(grace))
      for refusal in try await refusals() {
        #expect((refusal?.code, refusal?.type) == (1001, "consent_missing"))
        #expect(refusal?.detail == "profiling: withdrawn")
      }
      #expect(try await listed() == [false, false])
      // The figures that were kept go too, when they are followed.
      try await service.follow(LifetimeValueFollower.self)
      let kept: Int = try await service.database.shared.one(
        "SELECT count(*) FROM retention.lifetime_values WHERE customer = \(grace)")
      #expect(kept == 0)
      service.clock.advance(seconds: 1)
      _ = try await channels.call(RecordOwnConsent(purpose: .profiling, state: .granted), as: .customer(grace))
      try await service.follow(LifetimeValueFollower.self)
      #expect(try await refusals() == [nil, nil, nil, nil])
      #expect(try await listed() == [true, true])
    }
  }
}
