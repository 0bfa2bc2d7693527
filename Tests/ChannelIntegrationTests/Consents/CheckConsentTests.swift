import JSON
import JSONRPC
import Models
import Testing
import TestSupport

@testable import ChannelIntegration
@testable import CustomerBase
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
      let undefined = try await service.refusal(of: CheckConsent(customer: ada, purpose: "fun"))
      #expect((undefined?.type, undefined?.detail) == ("not_found", "purpose"))
    }
  }

  @Test(arguments: LegalBasis.allCases)
  func `what is recorded means what the purpose's basis makes of it`(basis: LegalBasis) async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let ada = try await service.person("ada").customer
      _ = try await service.call(SavePurpose(key: PurposeKey(fixed: "marketing"), text: ["en": "x"], basis: basis))
      var told = [try await verdict(service, ada)]
      for state in [ConsentDecision.granted, .withdrawn] {
        service.clock.advance(seconds: 1)
        try await record(service, ada, state)
        told.append(try await verdict(service, ada))
      }
      switch basis {
      case .consent: #expect(told == ["false unrecorded", "true granted", "false withdrawn"])
      case .publicTask, .legitimateInterests: #expect(told == ["true basis", "true granted", "false withdrawn"])
      case .contract, .legalObligation, .vitalInterests: #expect(told == ["true basis", "true basis", "true basis"])
      }
    }
  }

  @Test(arguments: LegalBasis.allCases)
  func `for all customers at once the database says what is said of each`(basis: LegalBasis) async throws {
    try await withService(ChannelIntegrationService.self) { service in
      var random = SeededGenerator(seed: 41)
      var people: [ID<Customer>] = []
      for number in 0..<24 {
        // Every third one is the same person as the one before.
        let email = number % 3 == 2 ? "person-\(number - 1)@example.com" : "person-\(number)@example.com"
        people.append(ID(try await service.person("\(number)", email: email).profile))
      }
      _ = try await service.call(SavePurpose(key: .profiling, text: ["en": "x"], basis: basis))
      for _ in 0..<120 {
        if Bool.random(using: &random) { service.clock.advance(seconds: 1) }
        _ = try await service.call(
          RecordConsent(
            customer: try #require(people.randomElement(using: &random)),
            purpose: try #require(["profiling", "profiling", "marketing"].randomElement(using: &random)),
            channel: Int.random(in: 0..<4, using: &random) == 0 ? email : nil,
            state: try #require(ConsentDecision.allCases.randomElement(using: &random))))
      }
      let served: Set<ID<Customer>> = Set(
        try await service.database.shared.all(
          "SELECT m.customer FROM base.members m WHERE \(CustomerBase.serves(.profiling, "m.customer"))"))
      var expected: Set<ID<Customer>> = []
      for person in people {
        if try await service.call(CheckConsent(customer: person, purpose: "profiling")).allowed {
          expected.insert(try await service.call(GetCustomer(customer: person)).json.customer())
        }
      }
      #expect(served == expected)
      #expect(!served.isEmpty)
      #expect(basis.heedsThePerson == (served.count < 16))
    }
  }
}

extension RawJSON {
  /// The customer that a view is of.
  fileprivate func customer() throws -> ID<Customer> {
    try JSONDocument(parsing: utf8).root.decode(CustomerView.self).customer
  }
}
