import CustomerBase
import JSONRPC
import Models
import Postgres
import Testing
import TestSupport

@testable import ChannelIntegration
@testable import Server

struct BlockIdentityTests {
  private func block(_ value: String, removeLinks: Bool? = nil) -> BlockIdentity {
    BlockIdentity(kind: .email, value: value, reason: Reason(fixed: "the shop's own"), removeLinks: removeLinks)
  }

  @Test func `a blocked value links nobody, and what it has linked stays`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let first = try await service.person("1", email: "desk@example.com")
      let second = try await service.person("2", email: "desk@example.com")
      #expect(second.customer == first.customer)
      let blocked = try await service.call(block("Desk@Example.com"))
      #expect(blocked.standing == 1 && blocked.removed == 0)
      let third = try await service.person("3", email: "desk@example.com")
      #expect(third.customer == ID(third.profile))
      #expect(
        third.refused == [RefusedLink(evidence: "email:desk@example.com", with: first.profile, reason: .blocked)])
      #expect(try await service.call(ListLinks(customer: second.customer)).items.count == 1)
    }
  }

  @Test func `its links are removed where that is asked for, all of them at once`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      var people: [UpsertedProfileView] = []
      for number in 1...6 { people.append(try await service.person("\(number)", email: "desk@example.com")) }
      // Something else holds two of them together.
      _ = try await service.call(
        LinkIdentities(a: people[1].profile, b: people[2].profile, reason: Reason(fixed: "one person")))
      let blocked = try await service.call(block("desk@example.com", removeLinks: true))
      #expect(blocked.standing == 0 && blocked.removed == 5)
      let customers: [ID<Customer>] = try await service.database.shared.all(
        "SELECT customer FROM base.members ORDER BY profile")
      let alone = people.map { ID<Customer>($0.profile) }
      #expect(customers == [alone[0], alone[1], alone[1], alone[3], alone[4], alone[5]])
      let entries: Int = try await service.database.shared.one(
        "SELECT count(*) FROM base.journal WHERE type = 'link.removed'")
      #expect(entries == 10)
      let again = try await service.call(block("desk@example.com", removeLinks: true))
      #expect(again.standing == 0 && again.removed == 0)
      let blocks: Int = try await service.database.shared.one(
        "SELECT count(*) FROM base.journal WHERE type = 'identity.blocked'")
      #expect(blocks == 1)
      #expect(try await CustomerBase.faults(in: service.database.shared) == [])
    }
  }

  @Test func `whoever gains the value meanwhile is linked before or refused`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      for round in 0..<15 {
        let address = "desk\(round)@example.com"
        let first = try await service.person("a\(round)", email: address)
        async let gained = service.person("b\(round)", email: address)
        async let blocking = service.call(block(address, removeLinks: true))
        let (second, blocked) = try await (gained, blocking)
        // Whichever came first, nothing is linked in the end.
        #expect(blocked.removed == 1 || second.refused.map(\.reason) == [.blocked])
        let customer: ID<Customer> = try await service.database.shared.one(
          "SELECT customer FROM base.members WHERE profile = \(second.profile)")
        #expect(customer == ID(second.profile) && first.customer == ID(first.profile))
      }
    }
  }

  @Test func `a kind that joins nobody and a value of no kind are refused`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let kind = try await service.refusal(
        "identities.block", #"{"kind": "anonymous", "value": "v", "reason": "x"}"#)
      #expect(kind.paths == ["/params/kind"])
      let value = try await service.refusal("identities.block", #"{"kind": "email", "value": "v", "reason": "x"}"#)
      #expect(value.paths == ["/params/value"])
    }
  }
}
