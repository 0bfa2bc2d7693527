import CustomerBase
import JSONRPC
import Models
import Postgres
import Testing
import TestSupport

@testable import ChannelIntegration

struct LinkProfilesTests {
  private func upsert(
    _ service: TestService, _ source: SourceName, _ id: String, verified address: String? = nil
  ) async throws -> UpsertedProfileView {
    let identifiers = try address.map { [try #require(Identifier(kind: .email, value: $0, verified: true))] }
    return try await service.call(
      UpsertProfile(source: source, externalId: try #require(ExternalID(id)), identifiers: identifiers))
  }

  @Test func `two profiles with one verified address are one customer`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let first = try await upsert(service, .shop, "1", verified: "ada@example.com")
      let second = try await upsert(service, .crm, "2", verified: "ada@example.com")
      #expect(second.customer == first.customer)
      #expect(second.linked.map(\.profile) == [first.profile])
    }
  }

  @Test func `neither role addresses nor blocked ones nor unverified ones link`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      for address in ["info@example.com", "sales+eu@example.com", "test@test.com"] {
        _ = try await upsert(service, .shop, address, verified: address)
        #expect(try await upsert(service, .crm, address, verified: address).linked.isEmpty)
      }
      let unverified = try #require(Identifier(kind: .email, value: "ada@example.com"))
      _ = try await upsert(service, .shop, "1", verified: "ada@example.com")
      let second = try await service.call(
        UpsertProfile(source: .crm, externalId: ExternalID(fixed: "2"), identifiers: [unverified]))
      #expect(second.linked.isEmpty)
      #expect(try await upsert(service, .crm, "2", verified: "ada@example.com").linked.count == 1)
    }
  }

  @Test func `evidence removed by hand links again by hand alone`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let first = try await upsert(service, .shop, "1", verified: "ada@example.com")
      let second = try await upsert(service, .crm, "2", verified: "ada@example.com")
      let link = try await service.call(ListLinks(customer: first.customer)).items[0].link
      _ = try await service.call(UnlinkIdentities(link: link, reason: Reason(fixed: "two people")))
      #expect(try await upsert(service, .crm, "2", verified: "ada@example.com").linked.isEmpty)
      let again = try await service.call(
        LinkIdentities(a: second.profile, b: first.profile, reason: Reason(fixed: "one after all")))
      #expect(again.customer == first.customer)
    }
  }

  @Test func `a customer of ten profiles comes apart where the last link between two parts goes`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      var profiles: [ID<Profile>] = []
      for number in 1...10 { profiles.append(try await upsert(service, .shop, "\(number)").profile) }
      let people = profiles
      // Ten profiles in a chain, and a second way around its middle.
      let links = try await withThrowingTaskGroup(of: (Int, ID<Link>).self) { group in
        for number in 0..<9 {
          group.addTask {
            let link = LinkIdentities(a: people[number], b: people[number + 1], reason: Reason(fixed: "chain"))
            while true {
              do {
                return (number, try await service.call(link).link)
              } catch let error as RPCError where error.code == .conflict { continue }
            }
          }
        }
        return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
      }
      let around = try await service.call(
        LinkIdentities(a: people[3], b: people[6], reason: Reason(fixed: "second way"))
      ).link
      for profile in people {
        #expect(try await service.customer(of: profile) == ID(people[0]))
      }
      let middle = try #require(links[4])
      let unsplit = try await service.call(UnlinkIdentities(link: middle, reason: Reason(fixed: "no")))
      #expect(unsplit.a == unsplit.b)
      let split = try await service.call(UnlinkIdentities(link: around, reason: Reason(fixed: "no")))
      #expect(split.a == ID(people[0]))
      #expect(split.b == ID(people[5]))
      for (number, profile) in people.enumerated() {
        #expect(try await service.customer(of: profile) == ID(people[number < 5 ? 0 : 5]))
      }
      #expect(try await CustomerBase.faults(in: service.database.shared) == [])
    }
  }

  /// A planner that has not counted the links yet takes few of them to be active, and would begin with all of them.
  @Test func `linking two records reads no other links where the tables are not analysed`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      func rows(_ numbers: Range<Int>) throws -> [ProfileRow] {
        try numbers.map { number in
          ProfileRow(
            reference: ProfileReference(source: .shop, externalId: try #require(ExternalID("\(number)"))), traits: [:],
            identifiers: [
              try #require(Identifier(kind: .email, value: "p\(number / 2)@example.com", verified: true))
            ])
        }
      }
      func upsert(_ rows: [ProfileRow]) async throws -> (links: Int, read: Int) {
        try await service.database.transaction { transaction in
          let base = CustomerBase(
            database: transaction, now: service.clock.now, ids: service.ids,
            author: Author(service: "channel-integration", method: "profiles.import", actor: "test"))
          // PostgreSQL counts on until a connection has told what it did, which may be transactions later.
          func read() async throws -> Int {
            try await transaction.one(
              """
              SELECT (seq_tup_read + idx_tup_fetch)::int8 FROM pg_stat_xact_user_tables WHERE relname = 'links'
              """)
          }
          let before = try await read()
          let upserted = try await base.upsert(rows)
          return (upserted.count { !$0.linked.isEmpty }, try await read() - before)
        }
      }
      for start in stride(from: 0, to: 1000, by: 200) { _ = try await upsert(rows(start..<(start + 200))) }
      // Often enough for a plan that is kept.
      for start in stride(from: 1000, to: 1040, by: 4) {
        let (links, read) = try await upsert(rows(start..<(start + 4)))
        #expect(links == 4)
        #expect(read < 50)
      }
    }
  }

  @Test func `two profiles that gain one address at once end linked`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      for round in 0..<40 {
        async let first = upsert(service, .shop, "\(round)", verified: "p\(round)@example.com")
        async let second = upsert(service, .crm, "\(round)", verified: "p\(round)@example.com")
        let profiles = try await [first.profile, second.profile]
        let customer = ID<Customer>(min(profiles[0], profiles[1]))
        for profile in profiles { #expect(try await service.customer(of: profile) == customer) }
      }
      // And where both profiles were there before.
      for round in 100..<120 {
        let a = try await upsert(service, .shop, "\(round)")
        let b = try await upsert(service, .crm, "\(round)")
        async let first = upsert(service, .shop, "\(round)", verified: "p\(round)@example.com")
        async let second = upsert(service, .crm, "\(round)", verified: "p\(round)@example.com")
        _ = try await (first, second)
        #expect(try await service.customer(of: b.profile) == a.customer)
      }
      #expect(try await CustomerBase.faults(in: service.database.shared) == [])
    }
  }
}

extension TestService {
  /// Whom a profile belongs to.
  fileprivate func customer(of profile: ID<Profile>) async throws -> ID<Customer> {
    try await database.shared.one("SELECT customer FROM base.members WHERE profile = \(profile)")
  }
}
