import CustomerBase
import Models
import Postgres
import Testing
import TestSupport

@testable import Acquisition
@testable import ChannelIntegration
@testable import Server

struct RetentionChoresTests {
  @Test func `old entries of the journal lose what they tell, and nothing else`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let ada = try await service.person("ada", ["givenName": "Ada"])
      service.clock.advance(seconds: 3 * 3600)
      _ = try await service.person("grace", ["givenName": "Grace"])
      try await service.running.settle()
      try await service.running.carryOut(ForgetJournal.self)
      _ = try await service.call(SaveRetentionRule(kind: .journal, days: 30))
      service.clock.advance(seconds: 30 * 86_400 - 3600)
      try await service.running.carryOut(ForgetJournal.self)
      try await service.running.settle()

      let told: [String] = try await service.database.shared.all(
        """
        SELECT p.external_id || ' ' || j.actor || ' ' || (j.payload IS NULL AND j.salt IS NULL)
        FROM base.journal j JOIN base.profiles p ON p.id = j.subject WHERE j.type = 'profile.created' ORDER BY 1
        """)
      #expect(told.map { $0.split(separator: " ").first } == ["ada", "grace"])
      #expect(told.map { $0.hasSuffix("true") } == [true, false])
      // The audit trail is whole, and the person is still there.
      #expect(try await CustomerBase.auditCheck([.test]).faults(service.database.shared) == [])
      #expect(try await CustomerBase.faults(in: service.database.shared) == [])
      _ = try await service.respond(to: GetCustomer(customer: ada.customer), as: .staff)
    }
  }

  @Test func `a rule that ends the keeping touches nothing that is younger, and none without days anything`()
    async throws
  {
    try await withService(ChannelIntegrationService.self) { service in
      _ = try await service.person("ada", ["givenName": "Ada"])
      _ = try await service.call(SaveRetentionRule(kind: .journal, days: 30))
      _ = try await service.call(SaveRetentionRule(kind: .customers, days: 30))
      service.clock.advance(seconds: 30 * 86_400)
      try await service.running.carryOut(ForgetJournal.self)
      try await service.running.carryOut(EraseInactive.self)
      _ = try await service.call(SaveRetentionRule(kind: .journal))
      _ = try await service.call(SaveRetentionRule(kind: .customers))
      service.clock.advance(seconds: 300 * 86_400)
      try await service.running.carryOut(ForgetJournal.self)
      try await service.running.carryOut(EraseInactive.self)
      let told: Int = try await service.database.shared.one(
        "SELECT count(*) FROM base.journal WHERE type = 'profile.created' AND payload IS NOT NULL")
      let erased: Int = try await service.database.shared.one(
        "SELECT count(*) FROM base.profiles WHERE erased_at IS NOT NULL")
      #expect((told, erased) == (1, 0))
    }
  }

  /// What somebody who was silent otherwise did a day ago.
  enum Sign: CaseIterable {
    case event, order, consent, trait, identifier, anotherRecord
  }

  private func show(_ sign: Sign, of person: UpsertedProfileView, _ service: TestService) async throws {
    switch sign {
    case .event: try await service.events("Seen", of: person.profile, daysAgo: [0])
    case .order: _ = try await service.order("late", of: "ada")
    case .consent:
      _ = try await service.call(
        "consents.record",
        #"{"customer": "\#(person.customer)", "purpose": "marketing", "state": "granted", "basis": "a form"}"#)
    case .trait: _ = try await service.person("ada", ["givenName": "Augusta"])
    case .identifier: _ = try await service.person("ada", email: "ada@example.com")
    case .anotherRecord:
      _ = try await service.person("ada", email: "ada@example.com")
      _ = try await service.person("ada", email: "ada@example.com", source: .crm)
    }
  }

  @Test(arguments: Sign.allCases)
  func `whoever has been heard of stays, and the silent are erased`(sign: Sign) async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let ada = try await service.person("ada", ["givenName": "Ada"])
      for name in ["silent", "quiet"] { _ = try await service.person(name, email: "\(name)@example.com") }
      _ = try await service.call(SaveRetentionRule(kind: .customers, days: 100))
      service.clock.advance(seconds: 100 * 86_400)
      try await show(sign, of: ada, service)
      service.clock.advance(seconds: 86_400)
      try await service.running.carryOut(EraseInactive.self)

      let left: [String] = try await service.database.shared.all(
        "SELECT DISTINCT external_id FROM base.profiles WHERE erased_at IS NULL")
      #expect(left == ["ada"])
      let told: [String] = try await service.database.shared.all(
        "SELECT payload ->> 'reason' FROM base.journal WHERE type = 'profile.erased'")
      #expect(told == ["purposeEnded", "purposeEnded"])
      let ledger = try #require(service.running.calls.privacy.ledger)
      #expect(try ledger.erasures().count == 2)
      #expect(try await CustomerBase.faults(in: service.database.shared) == [])

      // The next sweep is a day later, and finds nobody new.
      service.clock.advance(seconds: 86_400)
      try await service.running.carryOut(EraseInactive.self)
      #expect(try ledger.erasures().count == 2)
    }
  }

  @Test func `two who sweep at once erase everybody once`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      for number in 0..<12 { _ = try await service.person("p\(number)") }
      _ = try await service.call(SaveRetentionRule(kind: .customers, days: 30))
      service.clock.advance(seconds: 31 * 86_400)
      let other = try await service.beside(ChannelIntegrationService.self)
      defer { other.close() }
      async let first: Void = service.running.carryOut(EraseInactive.self)
      async let second: Void = other.running.carryOut(EraseInactive.self)
      _ = try await (first, second)
      try await service.running.carryOut(EraseInactive.self)
      let ledger = try #require(service.running.calls.privacy.ledger)
      #expect(try ledger.erasures().count == 12)
    }
  }

  @Test func `whoever did enough leaves the segment with the events that are forgotten`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let acquisition = try await service.beside(AcquisitionService.self)
      defer { acquisition.close() }
      try await service.save("active", .performed(PerformedClause(event: "Seen", atLeast: 2)))
      let ada = try await service.person("ada")
      try await service.events("Seen", of: ada.profile, daysAgo: [0])
      service.clock.advance(seconds: 86_400)
      try await service.events("Seen", of: ada.profile, daysAgo: [0])
      try await service.followSegments()
      #expect(try await service.members("active") == [ada.customer])
      _ = try await service.call(SaveRetentionRule(kind: .events, days: 30))
      service.clock.advance(seconds: 30 * 86_400 - 3600)
      try await acquisition.running.carryOut(ForgetEvents.self)
      try await service.followSegments()
      #expect(try await service.members("active") == [])
      #expect(try await service.segmentChanges().last?.cause == .event)
    }
  }
}
