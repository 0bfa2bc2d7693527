import CustomerBase
import FoundationEssentials
import JSON
import Models
import TestSupport
import Testing

@testable import ChannelIntegration
@testable import Server

/// Random facts, links, unlinks, erasures and time against a model.
struct SegmentPropertyTests {
  static let rules: [SegmentRule] = [
    .trait(TraitClause(name: "locality", is: text("Graz"))),
    .all([
      .trait(TraitClause(name: "locality", in: [text("Graz"), text("Wien")])),
      .not(.ordered(OrderedClause(withinDays: 20))),
    ]),
    .performed(PerformedClause(event: "View", atLeast: 2, withinDays: 10)),
    .performed(PerformedClause(event: "View", atMost: 1, withinDays: 15)),
    .any([
      .orderTotal(OrderTotalClause(currency: .euro, atLeast: Amount(50), withinDays: 30)),
      .consent(ConsentClause(purpose: "marketing", channel: Channel(fixed: "email"), state: .granted)),
    ]),
    .all([.source(SourceName(fixed: "crm")), .not(.trait(TraitClause(name: "locality", exists: true)))]),
    .score(ScoreClause(name: .recency, atLeast: 5, atMost: 20)), .score(ScoreClause(name: .frequency, atLeast: 2)),
    .consent(ConsentClause(purpose: "marketing", state: .unrecorded)),
    .ordered(OrderedClause(atLeast: 2, sku: SKU(fixed: "TEA-100"))),
    .not(
      .all([
        .carries(CarriesClause(kind: .email)),
        .performed(PerformedClause(event: "View", where: ["sku": text("TEA-100")])),
      ])),
    .orderTotal(OrderTotalClause(currency: .euro, atMost: Amount(40), withinDays: 12)),
  ]

  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func `segments are those of the model, through everything that happens`(seed: UInt64) async throws {
    try await withService(ChannelIntegrationService.self) { service in
      var play = Play(service: service, seed: seed)
      for _ in 0..<20 { try await play.step() }
      // Some rules find the facts there, others are there before them.
      for place in Self.rules.indices where place % 2 == 0 { try await play.save(place) }
      for round in 0..<14 {
        for _ in 0..<10 { try await play.step() }
        if round == 2 { for place in Self.rules.indices where place % 2 == 1 { try await play.save(place) } }
        if round == 6 { try await play.save(0, as: 3) }
        try await play.compare(round)
      }
    }
  }
}

/// One run of the game: the service, the model, and chance.
private struct Play {
  let service: TestService
  var model = SegmentModel()
  var random: SeededGenerator
  /// By segment, the place of its rule.
  private var saved: [Int: Int] = [:]

  init(service: TestService, seed: UInt64) {
    self.service = service
    random = SeededGenerator(seed: seed)
  }

  private mutating func number(_ range: Range<Int>) -> Int { Int.random(in: range, using: &random) }

  mutating func save(_ rule: Int, as segment: Int? = nil) async throws {
    let segment = segment ?? rule
    _ = try await service.call(
      SaveSegment(key: SegmentKey(normal: "s\(segment)"), rule: SegmentPropertyTests.rules[rule]))
    saved[segment] = rule
  }

  mutating func step() async throws {
    service.clock.advance(seconds: Int64(number(1..<90)))
    let living = model.living
    guard living.count > 3, let one = living.randomElement(using: &random),
      let other = living.randomElement(using: &random)
    else { return try await upsert() }
    switch number(0..<20) {
    case 0..<4: try await upsert()
    case 4..<8: try await event(one)
    case 8..<12: try await order(one)
    case 12..<14: try await consent(one)
    case 14..<16 where one != other: try await link(one, other)
    case 16 where !model.links.isEmpty: try await unlink()
    case 17..<19: service.clock.advance(seconds: Int64(number(1..<100)) * 3600)
    case 19 where number(0..<3) == 0: try await erase(one)
    default: try await event(other)
    }
  }

  private mutating func upsert() async throws {
    let source = ["shop", "crm"][number(0..<2)]
    let externalId = "\(number(0..<9))"
    // Whoever was erased is not told of again.
    let isErased = model.records.values.contains { $0.isErased && $0.source == source && $0.externalId == externalId }
    guard !isErased else { return }
    let locality = [nil, "null", #""Graz""#, #""Wien""#][number(0..<4)]
    let carries = number(0..<3) == 0
    let answer = try await service.call(
      UpsertProfile(
        source: SourceName(normal: source), externalId: ExternalID(normal: externalId),
        traits: locality.map { ["locality": json($0)] },
        identifiers: carries
          ? [Identifier(kind: .email, value: "\(source)\(externalId)@example.com")].compactMap(\.self) : nil))
    var record =
      model.records[answer.profile] ?? SegmentModel.Record(source: source, externalId: externalId)
    if carries { record.hasEmail = true }
    if let locality, locality == "null" {
      record.traits["locality"] = nil
    } else if let locality, record.traits["locality"]?.value != locality {
      record.traits["locality"] = (locality, service.clock.now)
    }
    model.records[answer.profile] = record
  }

  private mutating func event(_ profile: ID<Profile>) async throws {
    let (days, sku) = (number(0..<14), ["TEA-100", "POT-100"][number(0..<2)])
    let name = ["View", "View", "Buy"][number(0..<3)]
    try await service.events(name, of: profile, daysAgo: [Int64(days)], properties: json(#"{"sku":"\#(sku)"}"#))
    model.records[profile]?.events.append((name, sku, service.clock.now.adding(seconds: -86_400 * Int64(days))))
  }

  private mutating func order(_ profile: ID<Profile>) async throws {
    guard let record = model.records[profile] else { return }
    let id = "\(number(0..<15))"
    let key = "\(record.source) \(id)"
    // An order stays with its profile, also where that one was erased.
    if let known = model.orders[key], model.records[known.profile]?.isErased == true { return }
    let at = service.clock.now.adding(seconds: -Int64(number(0..<25 * 86_400)))
    let total = number(1..<40)
    let sku = ["TEA-100", "POT-100"][number(0..<2)]
    let status = [OrderStatus.placed, .fulfilled, .placed, .cancelled][number(0..<4)]
    try await service.order(
      [TestOrder(id, of: record.externalId, at: "\(at)", "\(total)", sku: sku, status: status)], source: record.source)
    model.orders[key] = SegmentModel.PlacedOrder(
      profile: model.orders[key]?.profile ?? profile, sku: sku, total: total,
      isPurchase: status == .placed || status == .fulfilled, at: at)
  }

  private mutating func consent(_ profile: ID<Profile>) async throws {
    let channel = number(0..<2) == 0 ? nil : Channel(fixed: "email")
    let isGranted = number(0..<2) == 0
    _ = try await service.call(
      RecordConsent(
        customer: ID(profile), purpose: "marketing", channel: channel, state: isGranted ? .granted : .withdrawn,
        basis: Reason(fixed: "consent")))
    model.records[profile]?.consents.append((channel?.text, isGranted, service.clock.now))
  }

  private mutating func link(_ a: ID<Profile>, _ b: ID<Profile>) async throws {
    let link = try await service.call(LinkIdentities(a: a, b: b, reason: Reason(fixed: "a test says so"))).link
    model.links[link] = (a, b)
  }

  private mutating func unlink() async throws {
    let links = model.links.keys.sorted()
    let link = links[number(0..<links.count)]
    try await service.unlink(link)
    model.links[link] = nil
  }

  private mutating func erase(_ profile: ID<Profile>) async throws {
    let erased = number(0..<2) == 0 ? [profile] : model.component(of: profile)
    try await service.erase(erased)
    for profile in erased { model.records[profile]?.isErased = true }
  }

  mutating func compare(_ round: Int) async throws {
    try await service.followSegments()
    let changes = try await service.segmentChanges()
    for (segment, rule) in saved.sorted(by: { $0.key < $1.key }) {
      let expected = model.holders(SegmentPropertyTests.rules[rule], now: service.clock.now)
      let kept: [ID<Customer>] = try await service.database.shared.all(
        "SELECT customer FROM base.segment_members WHERE segment = \("s\(segment)")")
      #expect(Set(kept) == expected, "round \(round), segment \(segment), rule \(rule)")
      // Whose ids were not erased, their history leads to where they are.
      var replayed: Set<ID<Customer>> = []
      for change in changes where change.segment == "s\(segment)" {
        guard model.records[ID(change.customer)]?.isErased == false else { continue }
        switch change.change {
        case .entered: #expect(replayed.insert(change.customer).inserted)
        case .left: #expect(replayed.remove(change.customer) != nil)
        }
      }
      #expect(replayed == expected.filter { model.records[ID($0)]?.isErased == false })
    }
    let preview = try await service.call(PreviewSegment(rule: SegmentPropertyTests.rules[round % 12]))
    #expect(
      preview.count == model.holders(SegmentPropertyTests.rules[round % 12], now: service.clock.now).count)
  }
}
