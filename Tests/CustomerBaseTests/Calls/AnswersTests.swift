import JSON
import JSONRPC
import Models
import Postgres
import Server
import Testing
import TestSupport

@testable import ChannelIntegration

struct AnswersTests {
  private func upsert(_ id: StaticString) -> UpsertProfile {
    UpsertProfile(source: .shop, externalId: ExternalID(fixed: id))
  }

  private func link(_ service: TestService) async throws -> LinkIdentities {
    let a = try await service.call(upsert("a")).profile
    let b = try await service.call(upsert("b")).profile
    return LinkIdentities(a: a, b: b, reason: Reason(fixed: "test"))
  }

  @Test func `one key in thirty-two calls at once has one effect`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let customer = try await service.call(upsert("a")).customer
      let method = RecordConsent(
        customer: customer, purpose: "marketing", state: .granted, basis: Reason(fixed: "consent"))
      let answers = try await withThrowingTaskGroup(of: (json: [UInt8], isReplayed: Bool)?.self) { group in
        for _ in 0..<32 {
          group.addTask {
            do {
              return try await service.respond(to: method, as: .staff, key: "key-1")
            } catch let error as RPCError where error.code == .inProgress { return nil }
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      let answered = answers.compactMap(\.self)
      #expect(Set(answered.map(\.json)).count == 1)
      #expect(answered.count { !$0.isReplayed } == 1)
      let records: Int = try await service.database.shared.one("SELECT count(*) FROM base.consents")
      #expect(records == 1)
    }
  }

  @Test func `another call under a used key is refused`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      _ = try await service.call(upsert("a"), as: .staff, key: "key-1")
      let error = try await #require(throws: RPCError.self) {
        _ = try await service.call(upsert("b"), as: .staff, key: "key-1")
      }
      #expect(error.code == .idempotencyMismatch)
    }
  }

  @Test func `a key belongs to its principal`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      _ = try await service.call(upsert("a"), as: .staff, key: "key-1")
      let other = try await service.respond(to: upsert("b"), as: .service(scopes: ["profiles:write"]), key: "key-1")
      #expect(!other.isReplayed)
    }
  }

  @Test func `a failure is not stored`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let method = try await link(service)
      let made = try await service.call(method)
      let unlink = UnlinkIdentities(link: made.link, reason: Reason(fixed: "test"))
      _ = try await service.call(unlink)
      for _ in 0..<2 {
        let error = try await #require(throws: RPCError.self) {
          _ = try await service.call(unlink, as: .staff, key: "key-1")
        }
        #expect(error.code == .wrongState)
      }
      let stored: Int = try await service.database.shared.one("SELECT count(*) FROM base.answers")
      #expect(stored == 0)
      #expect(try await !service.respond(to: method, as: .staff, key: "key-1").isReplayed)
    }
  }

  @Test func `a key is forgotten after a day`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      _ = try await service.call(upsert("a"), as: .staff, key: "key-1")
      service.clock.advance(seconds: 86_399)
      #expect(try await service.respond(to: upsert("a"), as: .staff, key: "key-1").isReplayed)
      service.clock.advance(seconds: 1)
      let again = try await service.respond(to: upsert("b"), as: .staff, key: "key-1")
      #expect(!again.isReplayed)
      #expect(try await service.respond(to: upsert("b"), as: .staff, key: "key-1").isReplayed)
    }
  }

  @Test func `a key that another call holds is refused at once, and nothing is done`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      try await service.database.transaction { other in
        // The other call holds the record too, which must not be waited for.
        try await other.execute(
          "SELECT pg_advisory_xact_lock(hashtextextended('key:' || \(Principal.staff.key) || chr(31) || 'key-1', 0))")
        try await other.execute(
          "INSERT INTO base.profile_keys (source, external_id, profile) VALUES ('shop', 'a', gen_random_uuid())")
        let error = try await #require(throws: RPCError.self) {
          _ = try await service.call(upsert("a"), as: .staff, key: "key-1")
        }
        #expect(error.code == .inProgress)
      }
      let profiles: Int = try await service.database.shared.one("SELECT count(*) FROM base.profiles")
      #expect(profiles == 0)
    }
  }

  @Test func `that a key was used comes before what the call has to say`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      _ = try await service.call(upsert("a"), as: .staff, key: "key-1")
      let unknown = UnlinkIdentities(link: service.ids.make(Link.self), reason: Reason(fixed: "test"))
      let error = try await #require(throws: RPCError.self) {
        _ = try await service.call(unknown, as: .staff, key: "key-1")
      }
      #expect(error.code == .idempotencyMismatch)
    }
  }

  @Test func `a repeated call changes nothing, not even what it would write now`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let first = try await service.respond(to: upsert("a"), as: .staff, key: "key-1")
      let traits = UpsertProfile(
        source: .shop, externalId: ExternalID(fixed: "a"), traits: ["givenName": RawJSON(wellFormed: "\"Ada\"")])
      _ = try await service.call(traits)
      let again = try await service.respond(to: upsert("a"), as: .staff, key: "key-1")
      #expect(again.isReplayed)
      #expect(again.json == first.json)
      let counts: [Int] = try await service.database.shared.all(
        "SELECT count(*) FROM base.journal UNION ALL SELECT count(*) FROM base.answers")
      #expect(counts == [2, 1])
    }
  }
}
