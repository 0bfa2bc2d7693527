import JSON
import JSONRPC
import Models
import Postgres
import TestSupport
import Testing

@testable import Acquisition
@testable import ChannelIntegration
@testable import Expansion
@testable import Retention
@testable import Server

/// Once a person refuses profiling, nothing they do or are changes an answer of any method that profiles: everything of
/// theirs is varied at random, models are trained anew, and every answer is the same to the byte.
@Suite struct NonInterferenceTests {
  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func `what a person who refuses does changes no answer of any method that profiles`(seed: UInt64) async throws {
    let house = try await ExampleHouse.shared()
    try await withService(ChannelIntegrationService.self, template: house.template) { service in
      var shop = try await Shop(service, house: house, seed: seed)
      defer { shop.close() }
      try await shop.withdraw()
      let before = try await shop.answers()
      #expect(before.contains { $0.value.contains("consent_missing") })
      for round in 0..<2 {
        try await shop.vary()
        let after = try await shop.answers()
        #expect(after.keys.sorted() == before.keys.sorted())
        for (call, answer) in before where after[call] != answer { Issue.record("round \(round): \(call) changed") }
      }
    }
  }

  @Test func `the same changes of a person who agrees change answers of most methods`() async throws {
    let house = try await ExampleHouse.shared()
    try await withService(ChannelIntegrationService.self, template: house.template) { service in
      var shop = try await Shop(service, house: house, seed: 1)
      defer { shop.close() }
      let before = try await shop.answers()
      try await shop.vary()
      let after = try await shop.answers()
      let changed = Set(before.filter { after[$0.key] != $0.value }.map { $0.key.prefix { $0 != " " } })
      for method in ["clv.fit", "clv.list", "recommendations.train", "rfm.list", "rfm.report"] {
        #expect(changed.contains(method[...]), "\(method) does not depend on anybody: the test shows nothing of it")
      }
    }
  }
}

/// The examples' house, and one person in it who is varied.
private struct Shop {
  let channels: TestService
  let others: [TestService]
  let data: ExampleData
  let person: String
  let customer: ID<Customer>
  private var random: SeededGenerator
  private var made = 0

  init(_ channels: TestService, house: ExampleHouse, seed: UInt64) async throws {
    self.channels = channels
    var others: [TestService] = []
    for service in allServices where service != ChannelIntegrationService.self {
      others.append(try await channels.beside(service))
    }
    self.others = others
    data = house.data(for: RetentionService.self)
    random = SeededGenerator(seed: seed)
    person = seed == 1 ? "ada" : "customer-\(1 + random.next() % 60)"
    channels.clock.advance(seconds: 3600)
    customer = try await channels.customer(person)
  }

  func close() { for service in others { service.close() } }

  func withdraw() async throws {
    _ = try await channels.call(RecordOwnConsent(purpose: .profiling, state: .withdrawn), as: .customer(customer))
  }

  // MARK: Every method that profiles

  /// What each answers, trained anew; by method and params.
  func answers() async throws -> [String: String] {
    var answers: [String: String] = [:]
    // What trains comes first, so that what is asked sees it.
    for isWrite in [true, false] {
      for service in others + [channels] {
        for method in service.running.service.allMethods
        where method is any Profiling.Type && (method.access.effect == .write) == isWrite {
          for params in try calls(of: method) {
            answers["\(method.name) \(params)"] = try await answer(service, method, params)
          }
        }
        try await service.running.settle()
      }
    }
    return answers
  }

  /// The example, for others and for the person, and by what else could be asked.
  private func calls(of method: any Method.Type) throws -> [String] {
    func text<M: Method>(_: M.Type) throws -> String {
      String(decoding: try encodeJSON(M.example(in: data)), as: UTF8.self)
    }
    let example = try text(method)
    var calls = [example]
    if method is any AboutCustomer.Type {
      calls = [data.ada, data.grace, customer].map { example.replacing("\(data.ada)", with: "\($0)") }
    }
    calls = calls.map { $0.replacing(#""limit":2"#, with: #""limit":200"#) }
    if example.contains(#""signals""#) {
      calls += calls.map { $0.replacing(#""orders""#, with: #""events""#) }
    } else if method.access.noun == .recommendations {
      calls += calls.flatMap { call in
        ["orders", "events"].map { call.dropLast() + #","signals":"\#($0)"}"# }
      }
    }
    return Array(Set(calls)).sorted()
  }

  private func answer(_ service: TestService, _ method: any Method.Type, _ params: String) async throws -> String {
    do {
      let answer = try await service.call(method.name, params)
      guard method.access.effect == .write, let job = answer["job"]?.string else { return answer.raw.text }
      try await service.running.settle()
      return try await service.call("jobs.get", #"{"job":"\#(job)"}"#)["result"]?.raw.text ?? ""
    } catch let error as RPCError {
      let data = try error.data.map { try JSONDocument(parsing: $0.utf8).root }
      return "\(error.code.rawValue) \(data?["type"]?.string ?? "") \(data?["detail"]?.string ?? "")"
    }
  }

  // MARK: One person's life

  /// Orders, events, traits, records and links of the person, at random.
  mutating func vary() async throws {
    for _ in 0..<12 {
      made += 1
      switch random.next() % 6 {
      case 0, 1: try await order()
      case 2: try await visit()
      case 3: try await say()
      case 4: try await meet()
      default: try await agree()
      }
    }
  }

  private mutating func number(_ below: Int) -> Int { Int(random.next() % UInt64(below)) }

  /// New orders, for much, in any currency, of things that others buy or nobody; and old ones that change.
  private mutating func order(of record: String? = nil) async throws {
    let rows = (0..<8).map { line in
      ImportedOrder(
        externalId: ExternalID(normal: number(3) == 0 ? "\(person)-\(number(300))" : "\(person)-\(made)-\(line)"),
        customer: ProfileReference(source: .shop, externalId: ExternalID(normal: record ?? person)),
        orderedAt: ExampleData.now.adding(seconds: -Int64(number(400)) * 86_400),
        currency: Currency(normal: ["EUR", "EUR", "USD", "JPY"][number(4)]),
        lines: [
          OrderLine(
            sku: SKU(normal: ["TEA-100", "COF-100", "CUP-100", "NEW-\(made)"][number(4)]),
            quantity: Amount(1 + number(9)),
            unitPrice: Amount(1 + number(5000)))
        ], status: OrderStatus.allCases[number(4)])
    }
    _ = try await channels.call(ImportOrders(source: .shop, rows: Rows(rows)))
  }

  private mutating func visit() async throws {
    guard let acquisition = others.first(where: { $0.running.service == AcquisitionService.self }) else { return }
    let user = "\(person)-account"
    _ = try await channels.call(
      UpsertProfile(
        source: .shop, externalId: ExternalID(normal: person),
        identifiers: [Identifier(kind: .user, value: user, verified: true)].compactMap(\.self)))
    let events = (0..<6).map { event in
      """
      {"type":"track","event":"Product Viewed","messageId":"\(person)-\(made)-\(event)","userId":"\(user)",
      "timestamp":"2025-12-\(10 + number(20))T10:00:00Z",
      "properties":{"sku":"\(["TEA-100", "POT-100", "COF-100", "ODD-\(made)"][number(4)])"}}
      """
    }
    _ = try await acquisition.call("events.collect", #"{"batch":[\#(events.joined(separator: ","))]}"#)
  }

  private mutating func say() async throws {
    let value = RawJSON(wellFormed: #""word \#(number(1000))""#)
    _ = try await channels.call(
      UpsertProfile(
        source: .shop, externalId: ExternalID(normal: person), traits: ["givenName": value, "word\(number(5))": value]))
    _ = try await channels.call(UpdateOwnTraits(traits: ["city": value]), as: .customer(customer))
  }

  /// A further record of the person, by an address or by hand, taken away and found again, with orders of its own.
  private mutating func meet() async throws {
    let record = "\(person)-again-\(made)"
    let email = Identifier(kind: .email, value: "\(person)-own@example.com", verified: true)
    for externalId in [person, record] {
      _ = try await channels.call(
        UpsertProfile(
          source: .shop, externalId: ExternalID(normal: externalId), identifiers: [email].compactMap(\.self)))
    }
    try await channels.link(person, record)
    try await order(of: record)
    let links = try await channels.call(ListLinks(customer: customer, limit: Limit(200))).items
    let own = links.filter { $0.evidence == "manual" && $0.removedAt == nil }
    if let link = own.first, number(2) == 0 { try await channels.unlink(link.link) }
  }

  /// What is said of other purposes, or of one channel, says nothing of profiling.
  private mutating func agree() async throws {
    let (purpose, channel) = [("marketing", nil), ("profiling", "email"), ("service", nil)][number(3)]
    _ = try await channels.call(
      RecordConsent(
        customer: customer, purpose: purpose, channel: channel.map { Channel(normal: $0) },
        state: ConsentDecision.allCases[number(2)]))
  }
}
