import JSONRPC
import Models
import Testing
import TestSupport

@testable import ChannelIntegration
@testable import Server

struct CheckConsentTests {
  private func record(
    _ service: TestService, _ customer: ID<Customer>, _ state: ConsentDecision, on channel: Channel? = nil
  ) async throws {
    _ = try await service.call(
      RecordConsent(
        customer: customer, purpose: "marketing", channel: channel, state: state, basis: Reason(fixed: "consent")))
  }

  private func verdict(
    _ service: TestService, _ customer: ID<Customer>, on channel: Channel? = nil
  ) async throws -> String {
    let verdict = try await service.call(CheckConsent(customer: customer, purpose: "marketing", channel: channel))
    return "\(verdict.allowed) \(verdict.reason)"
  }

  private let email = Channel(fixed: "email")
  private let phone = Channel(fixed: "phone")

  @Test func `where nothing is recorded nothing is allowed`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let ada = try await service.person("ada").customer
      #expect(try await verdict(service, ada) == "false unrecorded")
    }
  }

  @Test func `the latest record for the channel or for all decides`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let ada = try await service.person("ada").customer
      try await record(service, ada, .granted, on: email)
      #expect(try await verdict(service, ada, on: email) == "true granted")
      #expect(try await verdict(service, ada, on: phone) == "false unrecorded")
      #expect(try await verdict(service, ada) == "false unrecorded")
      service.clock.advance(seconds: 1)
      try await record(service, ada, .withdrawn)
      #expect(try await verdict(service, ada, on: email) == "false withdrawn")
      service.clock.advance(seconds: 1)
      try await record(service, ada, .granted, on: phone)
      #expect(try await verdict(service, ada, on: phone) == "true granted")
      #expect(try await verdict(service, ada, on: email) == "false withdrawn")
    }
  }

  @Test(arguments: [[.granted, .withdrawn], [.withdrawn, .granted]] as [[ConsentDecision]])
  func `at equal time withdrawal wins, over all profiles`(order: [ConsentDecision]) async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let first = try await service.person("1", email: "ada@example.com")
      let second = try await service.person("2", email: "ada@example.com")
      try await record(service, ID(first.profile), order[0])
      try await record(service, ID(second.profile), order[1], on: email)
      #expect(try await verdict(service, ID(second.profile), on: email) == "false withdrawn")
    }
  }

  @Test func `an unknown purpose or customer is not found`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let ada = try await service.person("ada").customer
      let params = "\"purpose\": \"fun\", \"state\": \"granted\", \"basis\": \"consent\""
      #expect(try await service.refusal("consents.record", "{\"customer\": \"\(ada)\", \(params)}").code == .notFound)
      let nobody = ID<Customer>(high: 1, low: 1)
      let error = try await service.refusal(
        "consents.check", "{\"customer\": \"\(nobody)\", \"purpose\": \"marketing\"}")
      #expect(error.code == .notFound)
    }
  }
}
