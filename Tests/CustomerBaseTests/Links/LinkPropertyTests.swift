import CustomerBase
import FoundationEssentials
import JSON
import Postgres
import Server
import Testing
import TestSupport

@testable import ChannelIntegration
@testable import Models

/// Random facts, links and unlinks in random order against a model (design: a customer is a set of linked profiles).
struct LinkPropertyTests {
  @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
  func `views are those of the model, and unlinking brings back every byte`(seed: UInt64) async throws {
    try await withService(ChannelIntegrationService.self) { service in
      var play = Play(service: service, seed: seed)
      for _ in 0..<50 { try await play.addFact() }
      try await play.compare()

      var before: [ID<Profile>: [UInt8]] = [:]
      for profile in play.model.profiles { before[profile] = try await play.bytes(of: profile) }
      var manual: [ID<Link>] = []
      for _ in 0..<20 {
        if let link = try await play.link(), !manual.contains(link) { manual.append(link) }
        if play.flip(3), let link = manual.popLast() { try await play.unlink(link) }
      }
      try await play.compare()
      for link in manual.shuffled(using: &play.random) { try await play.unlink(link) }
      for (profile, bytes) in before { #expect(try await play.bytes(of: profile) == bytes) }

      for step in 0..<60 {
        switch Int.random(in: 0..<4, using: &play.random) {
        case 0: _ = try await play.link()
        case 1: try await play.unlinkAny()
        default: try await play.addFact()
        }
        if step % 10 == 9 { try await play.compare() }
      }
      try await play.unlinkEverything()
      #expect(play.model.links.isEmpty)
      try await play.compare()
      #expect(try await CustomerBase.faults(in: service.database.shared) == [])
    }
  }
}

/// One run of the game: the service, the model, and chance.
private struct Play {
  let service: TestService
  var model = LinkModel()
  var random: SeededGenerator
  private let sources = ["shop", "crm", "erp"]

  init(service: TestService, seed: UInt64) {
    self.service = service
    random = SeededGenerator(seed: seed)
  }

  mutating func flip(_ sides: Int) -> Bool { Int.random(in: 0..<sides, using: &random) == 0 }

  mutating func addFact() async throws {
    if flip(3) { service.clock.advance(seconds: Int64.random(in: 1...90, using: &random)) }
    switch Int.random(in: 0..<6, using: &random) {
    case 0 where !model.records.isEmpty: try await order()
    case 1 where !model.records.isEmpty: try await consent()
    default: try await upsert()
    }
  }

  private mutating func pick<Value>(_ values: [Value]) throws -> Value {
    try #require(values.randomElement(using: &random))
  }

  private mutating func upsert() async throws {
    let source = try #require(SourceName(try pick(sources)))
    let externalId = try #require(ExternalID("\(Int.random(in: 1...4, using: &random))"))
    var traits: [String: RawJSON] = [:]
    for name in ["givenName", "locality", "size"] where flip(2) {
      traits[name] = RawJSON(wellFormed: try pick(["null", "\"Ada\"", "\"Grace\"", "42", "[1, 2]"]))
    }
    var identifiers: [Identifier] = []
    for kind in [IdentifierKind.email, .phone, .social, .loyaltyCard] where flip(3) {
      let number = Int.random(in: 1...4, using: &random)
      let value = kind == .email ? "p\(number)@example.com" : kind == .phone ? "+4917012345\(number)0" : "v\(number)"
      let isVerified = flip(2)
      identifiers.append(try #require(Identifier(kind: kind, value: value, verified: isVerified)))
    }
    let answer = try await service.call(
      UpsertProfile(source: source, externalId: externalId, traits: traits, identifiers: identifiers))
    let now = service.clock.now
    let known = model.records[answer.profile]?.profile
    #expect((answer.outcome == .created) == (known == nil))
    model.merge(
      answer.profile,
      known ?? Profile(profile: answer.profile, source: source.text, externalId: externalId.text, createdAt: now),
      traits: traits, identifiers: identifiers, at: now)
    #expect(answer.customer == ID(model.component(of: answer.profile)[0]))
  }

  private mutating func order() async throws {
    let profile = try pick(model.profiles)
    let record = try #require(model.records[profile]?.profile)
    let number = "\(Int.random(in: 1...12, using: &random))"
    let currency = try #require(Currency(try pick(["EUR", "JPY"])))
    let quantity = Int.random(in: -2...3, using: &random)
    let price = Int.random(in: 0...9, using: &random)
    let status = try pick(OrderStatus.allCases)
    let at = service.clock.now.adding(seconds: Int64.random(in: -9_999_999...0, using: &random))
    _ = try await service.call(
      ImportOrders(
        source: .shop,
        rows: Rows([
          ImportedOrder(
            externalId: try #require(ExternalID(number)),
            customer: ProfileReference(
              source: try #require(SourceName(record.source)), externalId: try #require(ExternalID(record.externalId))),
            orderedAt: at, currency: currency,
            lines: [
              OrderLine(sku: SKU(fixed: "TEA"), quantity: Amount(quantity), unitPrice: Amount(price)),
              OrderLine(sku: SKU(fixed: "CUP"), quantity: Amount(1), unitPrice: Amount(2)),
            ], status: status)
        ])))
    model.orders[number] = LinkModel.PlacedOrder(
      profile: model.orders[number]?.profile ?? profile, at: at, currency: currency,
      total: Decimal(quantity * price + 2), isPurchase: status == .placed || status == .fulfilled)
  }

  private mutating func consent() async throws {
    let profile = try pick(model.profiles)
    let channel = flip(2) ? nil : Channel(fixed: "email")
    let answer = try await service.call(
      RecordConsent(
        customer: ID(profile), purpose: try pick(["marketing", "profiling"]), channel: channel,
        state: try pick(ConsentDecision.allCases), basis: Reason(fixed: "consent")))
    model.records[profile]?.consents.append(
      ConsentState(
        purpose: answer.purpose, channel: answer.channel, state: answer.state, basis: answer.basis,
        recordedAt: answer.recordedAt))
  }

  mutating func link() async throws -> ID<Link>? {
    let (a, b) = (try pick(model.profiles), try pick(model.profiles))
    guard a != b else { return nil }
    let answer = try await service.call(LinkIdentities(a: a, b: b, reason: Reason(fixed: "test")))
    model.links.insert(LinkModel.Edge(pair: [a, b], evidence: "manual"))
    #expect(answer.customer == ID(model.component(of: a)[0]))
    return answer.link
  }

  mutating func unlink(_ link: ID<Link>) async throws {
    let links = try await activeLinks()
    guard let link = links.first(where: { $0.link == link }) else { return }
    try await remove(link)
  }

  mutating func unlinkAny() async throws {
    if let link = try await activeLinks().randomElement(using: &random) { try await remove(link) }
  }

  mutating func unlinkEverything() async throws {
    for link in try await activeLinks().shuffled(using: &random) { try await remove(link) }
  }

  private mutating func remove(_ link: Link) async throws {
    let answer = try await service.call(UnlinkIdentities(link: link.link, reason: Reason(fixed: "test")))
    model.unlink(LinkModel.Edge(pair: [link.a, link.b], evidence: link.evidence))
    #expect(answer.a == ID(model.component(of: link.a)[0]))
    #expect(answer.b == ID(model.component(of: link.b)[0]))
  }

  /// All active links as the customers' lists tell them; they must be the model's.
  private func activeLinks() async throws -> [Link] {
    var links: [ID<Link>: Link] = [:]
    for customer in Set(model.profiles.map { model.component(of: $0)[0] }) {
      let page = try await service.call(ListLinks(customer: ID(customer), limit: Limit(200)))
      for link in page.items where link.removedAt == nil { links[link.link] = link }
    }
    let edges = links.values.map { LinkModel.Edge(pair: [$0.a, $0.b], evidence: $0.evidence) }
    #expect(Set(edges) == model.links)
    return links.values.sorted { $0.link < $1.link }
  }

  func bytes(of profile: ID<Profile>) async throws -> [UInt8] {
    try await service.respond(to: GetCustomer(customer: ID(profile)), as: .staff).json
  }

  func compare() async throws {
    for profile in model.profiles {
      let view = try JSONDocument(parsing: try await bytes(of: profile)).root.decode(CustomerView.self)
      let told = String(decoding: try encodeJSON(view, sortedKeys: true), as: UTF8.self)
      #expect(told == (try model.view(of: profile)))
    }
  }
}
