import CustomerBase
import JSON
import JSONRPC
import Models
import Postgres
import Testing
import TestSupport

@testable import Acquisition
@testable import ChannelIntegration

struct CollectEventsTests {
  /// Sends events as the website's write key would.
  private func collect(_ service: TestService, _ events: String...) async throws -> [Int] {
    let report = try await service.call(
      "events.collect", "{\"batch\": [\(events.joined(separator: ","))]}", as: .site)
    return [
      try #require(report["accepted"]?.integer), try #require(report["duplicates"]?.integer),
      try #require(report["rejected"]?.count),
    ]
  }

  private func track(_ id: String, visitor: String? = nil, user: String? = nil) -> String {
    let members = [
      visitor.map { "\"anonymousId\": \"\($0)\"" }, user.map { "\"userId\": \"\($0)\"" },
    ].compactMap(\.self).joined(separator: ", ")
    return "{\"type\": \"track\", \"event\": \"Viewed\", \"messageId\": \"\(id)\", \(members)}"
  }

  private func identify(_ id: String, visitor: String, user: String, traits: String = "{}") -> String {
    """
    {"type": "identify", "messageId": "\(id)", "anonymousId": "\(visitor)", "userId": "\(user)", "traits": \(traits)}
    """
  }

  private func profile(of message: String, _ service: TestService) async throws -> ID<Profile> {
    try await service.database.shared.one("SELECT profile FROM acquisition.events WHERE message_id = \(message)")
  }

  private func customer(of message: String, _ service: TestService) async throws -> ID<Customer> {
    try await service.database.shared.one(
      """
      SELECT m.customer FROM acquisition.events e JOIN base.members m ON m.profile = e.profile
      WHERE e.message_id = \(message)
      """)
  }

  @Test func `what came before by its message id is a duplicate, in one batch too`() async throws {
    try await withService(AcquisitionService.self) { service in
      let once = try await collect(
        service, track("1", visitor: "v"), track("1", visitor: "v"), track("2", visitor: "v"))
      #expect(once == [2, 1, 0])
      let again = try await collect(service, track("2", visitor: "v"), track("3", visitor: "v"))
      #expect(again == [1, 1, 0])
    }
  }

  @Test func `an event that is not in order is rejected by itself`() async throws {
    try await withService(AcquisitionService.self) { service in
      let report = try await service.call(
        "events.collect", "{\"batch\": [7, \(track("1", visitor: "v")), {\"type\": \"track\"}]}", as: .site)
      #expect(report["accepted"]?.integer == 1)
      #expect(report["rejected"]?.elements.compactMap { $0["index"]?.integer } == [0, 2])
    }
  }

  @Test func `members that are not used are kept`() async throws {
    try await withService(AcquisitionService.self) { service in
      let event = #"{"type": "page", "anonymousId": "v", "messageId": "1", "context": {"app": {"build": [1, null]}}}"#
      #expect(try await collect(service, event) == [1, 0, 0])
      let build: String = try await service.database.shared.one(
        "SELECT body #>> '{context,app,build,0}' FROM acquisition.events")
      #expect(build == "1")
    }
  }

  @Test func `a wrong clock is corrected by the time of sending`() async throws {
    try await withService(AcquisitionService.self) { service in
      let event =
        #"{"type": "track", "event": "a", "anonymousId": "v", "messageId": "1","#
        + #" "timestamp": "2001-01-01T00:00:00Z", "sentAt": "2001-01-01T00:01:00Z"}"#
      _ = try await collect(service, event)
      let at: Timestamp = try await service.database.shared.one("SELECT occurred_at FROM acquisition.events")
      #expect(at == service.clock.now.adding(seconds: -60))
    }
  }

  @Test(arguments: [("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"), ("9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z")])
  func `a clock beyond correction is none`(happened: String, sent: String) async throws {
    try await withService(AcquisitionService.self) { service in
      let event =
        #"{"type": "track", "event": "a", "anonymousId": "v", "timestamp": "\#(happened)", "sentAt": "\#(sent)"}"#
      let counts = try await collect(service, event)
      #expect(counts == [1, 0, 0])
      let at: Timestamp = try await service.database.shared.one("SELECT occurred_at FROM acquisition.events")
      #expect(at == service.clock.now)
    }
  }

  @Test func `identify makes visitor and account one customer`() async throws {
    try await withService(AcquisitionService.self) { service in
      _ = try await collect(service, track("1", visitor: "v"), track("2", user: "ada"))
      #expect(try await customer(of: "1", service) != customer(of: "2", service))
      _ = try await collect(service, identify("3", visitor: "v", user: "ada"), track("4", visitor: "v", user: "ada"))
      let people = [
        try await customer(of: "1", service), try await customer(of: "2", service),
        try await customer(of: "3", service),
      ]
      #expect(Set(people).count == 1)
      #expect(try await profile(of: "4", service) == profile(of: "1", service))
    }
  }

  @Test(arguments: [true, false])
  func `a second user closes the visitor's profile`(inOneBatch: Bool) async throws {
    try await withService(AcquisitionService.self) { service in
      let events = [
        track("1", visitor: "v"), identify("2", visitor: "v", user: "ada"), identify("3", visitor: "v", user: "grace"),
        track("4", visitor: "v"),
      ]
      if inOneBatch {
        #expect(try await collect(service, events[0], events[1], events[2], events[3]) == [4, 0, 0])
      } else {
        for event in events { #expect(try await collect(service, event) == [1, 0, 0]) }
      }
      #expect(try await profile(of: "2", service) == profile(of: "1", service))
      #expect(try await profile(of: "3", service) != profile(of: "1", service))
      #expect(try await profile(of: "4", service) == profile(of: "3", service))
      #expect(try await customer(of: "3", service) != customer(of: "2", service))
      let carriers: Int = try await service.database.shared.one(
        "SELECT count(*) FROM base.identifiers WHERE kind = 'anonymous' AND value = 'v' AND retired_at IS NULL")
      #expect(carriers == 1)
      _ = try await collect(service, track("5", visitor: "v"))
      #expect(try await profile(of: "5", service) == profile(of: "3", service))
    }
  }

  @Test func `what an identification does not join is told with its reason, and written once`() async throws {
    try await withService(AcquisitionService.self) { service in
      func refused(_ event: String) async throws -> [String] {
        let report = try await service.call("events.collect", "{\"batch\": [\(event)]}", as: .site)
        return report["refused"]?.elements.map {
          "\($0["messageId"]?.string ?? "") \($0["reason"]?.string ?? "") \($0.count)"
        } ?? []
      }
      #expect(try await refused(identify("1", visitor: "v", user: "ada")) == [])
      // Whom it would have joined is not told to a website: a message and a reason, two members.
      #expect(try await refused(identify("2", visitor: "v", user: "grace")) == ["2 sharedDevice 2"])
      let closed = try await profile(of: "1", service)
      let channels = try await service.beside(ChannelIntegrationService.self)
      defer { channels.close() }
      let link: ID<Link> = try await service.database.shared.one(
        "SELECT id FROM base.links WHERE a <> \(closed) AND b <> \(closed)")
      _ = try await channels.call(UnlinkIdentities(link: link, reason: Reason(fixed: "not hers")))
      for message in ["3", "4"] {
        #expect(try await refused(identify(message, visitor: "v", user: "grace")) == ["\(message) removedByHand 2"])
      }
      let written: [String] = try await service.database.shared.all(
        "SELECT payload ->> 'reason' FROM base.journal WHERE type = 'link.refused' ORDER BY id")
      #expect(written == ["sharedDevice", "removedByHand"])
      let under: ID<Profile> = try await service.database.shared.one(
        "SELECT subject FROM base.journal WHERE type = 'link.refused' ORDER BY id LIMIT 1")
      #expect(under == closed)
    }
  }

  @Test func `an event that names another user is that user's`() async throws {
    try await withService(AcquisitionService.self) { service in
      _ = try await collect(service, identify("1", visitor: "v", user: "ada"))
      _ = try await collect(service, track("2", visitor: "v", user: "grace"), track("3", user: "grace"))
      #expect(try await profile(of: "2", service) == profile(of: "3", service))
      #expect(try await customer(of: "2", service) != customer(of: "1", service))
    }
  }

  @Test func `an identification that was removed by hand is not made again`() async throws {
    try await withService(AcquisitionService.self) { service in
      _ = try await collect(service, identify("1", visitor: "v", user: "ada"))
      let channels = try await service.beside(ChannelIntegrationService.self)
      let link: ID<Link> = try await service.database.shared.one("SELECT id FROM base.links")
      _ = try await channels.call(UnlinkIdentities(link: link, reason: Reason(fixed: "shared device")))
      _ = try await collect(service, identify("2", visitor: "v", user: "ada"), track("3", user: "ada"))
      #expect(try await customer(of: "2", service) != customer(of: "3", service))
      let active: Int = try await service.database.shared.one(
        "SELECT count(*) FROM base.links WHERE removed_at IS NULL")
      #expect(active == 0)
    }
  }

  @Test func `what a site says is never verified and joins no two users`() async throws {
    try await withService(AcquisitionService.self) { service in
      let traits = #"{"email": "ada@example.com", "firstName": "Ada", "phone": "+491701234567"}"#
      _ = try await collect(
        service, identify("1", visitor: "v", user: "ada", traits: traits),
        identify("2", visitor: "w", user: "eve", traits: traits),
        #"{"type": "alias", "messageId": "3", "previousId": "v", "userId": "eve"}"#)
      let verified: Int = try await service.database.shared.one(
        "SELECT count(*) FROM base.identifiers WHERE verified")
      #expect(verified == 0)
      #expect(try await customer(of: "1", service) != customer(of: "2", service))
      let names: [String] = try await service.database.shared.all(
        "SELECT DISTINCT value #>> '{}' FROM base.traits WHERE name = 'givenName'")
      #expect(names == ["Ada"])
      #expect(try await CustomerBase.faults(in: service.database.shared) == [])
    }
  }

  @Test func `identifications of one visitor at once end with one user`() async throws {
    try await withService(AcquisitionService.self) { service in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<12 {
          let event = identify(
            "m\(number)", visitor: "v", user: "u\(number % 3)", traits: #"{"email": "p@example.com"}"#)
          group.addTask { _ = try await collect(service, event) }
        }
        try await group.waitForAll()
      }
      let users: [Int] = try await service.database.shared.all(
        """
        SELECT count(DISTINCT i.value) FROM base.identifiers i JOIN base.members m ON m.profile = i.profile
        WHERE i.kind = 'user' GROUP BY m.customer
        """)
      #expect(users == [1, 1, 1])
      let carriers: Int = try await service.database.shared.one(
        "SELECT count(*) FROM base.identifiers WHERE kind = 'anonymous' AND value = 'v' AND retired_at IS NULL")
      #expect(carriers == 1)
      #expect(try await CustomerBase.faults(in: service.database.shared) == [])
    }
  }

  @Test func `a write key may collect and nothing else`() async throws {
    try await withService(AcquisitionService.self) { service in
      let error = try await #require(throws: RPCError.self) {
        _ = try await service.call("visitors.get", #"{"anonymousId": "v"}"#, as: .site)
      }
      #expect(error.code == .forbidden)
    }
  }

  @Test func `more than a thousand events are refused with their path`() async throws {
    try await withService(AcquisitionService.self) { service in
      let events = Array(repeating: "1", count: 1001).joined(separator: ",")
      let error = try await #require(throws: RPCError.self) {
        _ = try await service.call("events.collect", "{\"batch\": [\(events)]}", as: .site)
      }
      #expect(error.code == .invalidParams)
      #expect(error.data?.text.contains("/params/batch") == true)
    }
  }
}
