import CustomerBase
import FoundationEssentials
import JSON
import JSONRPC
import Postgres
import Server
import Testing
import TestSupport

@testable import ChannelIntegration
@testable import Models
@testable import Retention

/// Facts of every service, merges, unmerges and erasures in random order: what every service shows is the model's, and
/// after everything is unmerged it is, byte for byte, what it is where nobody was ever merged.
struct ProjectionPropertyTests {
  @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] as [UInt64])
  func `a merge that is undone leaves no trace in any projection of any service`(seed: UInt64) async throws {
    var facts = SeededGenerator(seed: seed)
    let first = Fact.some(45, identifying: true, &facts)
    let second = Fact.some(45, identifying: false, &facts)
    let house = try await ProjectionHouse.template()

    let merged = try await withService(ChannelIntegrationService.self, template: house) { service in
      let play = try await ProjectionPlay(service, seed: seed)
      defer { play.five.close() }
      return try await play.run(first, second, isMerging: true)
    }
    let plain = try await withService(ChannelIntegrationService.self, template: house) { service in
      let play = try await ProjectionPlay(service, seed: seed)
      defer { play.five.close() }
      return try await play.run(first, second, isMerging: false)
    }
    #expect(merged.merges > 8)
    #expect(merged.projections.count == plain.projections.count)
    for (asked, answer) in plain.projections.sorted(by: { $0.key < $1.key }) {
      #expect(merged.projections[asked] == answer, "\(asked)")
    }
    // While they were merged, most of what is asked of customers was something else.
    #expect(merged.changed > 20)
  }

  @Test func `every method that reads is compared, or tells nothing of customers`() {
    let reading = allServices.flatMap { $0.allMethods }.filter { $0.access.effect != .write }.map { $0.name }
    let compared = Set(Projection.all.map(\.method))
    #expect(Set(reading).subtracting(compared).subtracting(Projection.notOfCustomers) == [])
    #expect(compared.isDisjoint(with: Projection.notOfCustomers))
    #expect(compared.union(Projection.notOfCustomers).subtracting(reading) == [])
  }
}

/// A shop whose orders give a model of lifetime values and recommendations, made once a process.
private enum ProjectionHouse {
  private static let made = Task {
    let name = "template_projections"
    try await withService(ChannelIntegrationService.self) { service in
      let five = try await AllFive(service, named: ChannelIntegrationService.name)
      try await service.order(SeededShop.orders())
      let end = SeededShop.calibrationEnd
      _ = try await five.of("clv.fit").call("clv.fit", "{\"calibrationEnd\": \"\(end)\", \"unit\": \"week\"}")
      _ = try await five.of("recommendations.train").call("recommendations.train", #"{"signals": "orders"}"#)
      _ = try await service.call("segments.save", #"{"key": "buyers", "rule": {"ordered": {"atLeast": 2}}}"#)
      try await five.settle()
      // The tests live in another month than the machine.
      try await service.database.connection { connection in
        try await connection.execute(
          """
          CREATE TABLE IF NOT EXISTS acquisition.events_2026_01 PARTITION OF acquisition.events
          FOR VALUES FROM ('2026-01-01T00:00:00Z') TO ('2026-02-01T00:00:00Z')
          """)
      }
      let original: String = try await service.database.shared.one("SELECT current_database()")
      // A database is copied while nobody is connected to it.
      five.close()
      service.database.close()
      try await TestCluster.shared().create(name, template: original)
    }
    return name
  }

  static func template() async throws -> String { try await made.value }
}

/// One run: the services, the model, and chance for who is merged with whom.
private final class ProjectionPlay {
  struct Outcome: Sendable {
    var projections: [String: String]
    var merges: Int
    /// How many answers were another while people were merged.
    var changed: Int
  }

  let service: TestService
  let five: AllFive
  /// Links draw their ids from numbers of their own, so that facts have the same ids whether or not anybody is merged.
  private let merger: TestService
  private var model = LinkModel()
  private var random: SeededGenerator
  private var merged: [ID<Link>: LinkModel.Edge] = [:]
  private var merges = 0
  private var messages = 0

  init(_ service: TestService, seed: UInt64) async throws {
    self.service = service
    random = SeededGenerator(seed: seed &+ 1000)
    // A day after the house was made: ids go on where its own ended.
    service.clock.advance(seconds: 86_400)
    five = try await AllFive(service, named: ChannelIntegrationService.name)
    let clock = service.clock
    merger = try await service.beside(
      ChannelIntegrationService.self,
      ids: IDGenerator(clock: { clock.now }, random: SeededGenerator(seed: seed &+ 2000)))
  }

  func run(_ first: [Fact], _ second: [Fact], isMerging: Bool) async throws -> Outcome {
    defer { merger.close() }
    for fact in first { try await apply(fact) }
    try await five.settle()
    try await compare()
    for (place, fact) in second.enumerated() {
      try await apply(fact)
      guard isMerging else { continue }
      if flip(2) { try await merge() }
      if flip(4) { try await unmerge() }
      if place % 9 == 8 {
        try await five.settle()
        try await compare()
      }
    }
    try await five.settle()
    try await compare()
    let during = try await projections()
    while !merged.isEmpty { try await unmerge() }
    try await five.settle()
    try await compare()
    #expect(try await CustomerBase.faults(in: service.database.shared) == [])
    let after = try await projections()
    return Outcome(
      projections: after, merges: merges, changed: after.filter { during[$0.key] != $0.value }.count)
  }

  private func projections() async throws -> [String: String] {
    try await five.projections(
      customers: model.profiles.map { ID($0) }, visitors: Fact.visitors, emails: Fact.emails)
  }

  private func flip(_ sides: Int) -> Bool { Int.random(in: 0..<sides, using: &random) == 0 }

  private func merge() async throws {
    let living = model.profiles.filter { !model.isErased($0) }
    guard let a = living.randomElement(using: &random), let b = living.randomElement(using: &random), a != b else {
      return
    }
    let answer = try await merger.call(LinkIdentities(a: a, b: b, reason: Reason(fixed: "test")))
    let edge = LinkModel.Edge(pair: [a, b], evidence: "manual")
    model.links.insert(edge)
    merged[answer.link] = edge
    merges += 1
    #expect(answer.customer == ID(model.component(of: a)[0]))
  }

  private func unmerge() async throws {
    guard let link = merged.keys.sorted().randomElement(using: &random), let edge = merged.removeValue(forKey: link)
    else { return }
    _ = try await merger.call(UnlinkIdentities(link: link, reason: Reason(fixed: "test")))
    model.links.remove(edge)
  }

  private func profile(_ reference: ProfileReference) -> ID<Profile>? {
    model.records.first {
      $0.value.profile.source == reference.source.text && $0.value.profile.externalId == reference.externalId.text
    }?.key
  }

  private func apply(_ fact: Fact) async throws {
    let now = service.clock.now
    switch fact {
    case .pause(let seconds): service.clock.advance(seconds: seconds)
    case .record(let reference, let traits, let identifiers):
      let answer = try await service.call(
        UpsertProfile(
          source: reference.source, externalId: reference.externalId, traits: traits, identifiers: identifiers))
      let known = model.records[answer.profile]?.profile
      #expect((answer.outcome == .created) == (known == nil))
      model.merge(
        answer.profile,
        known
          ?? Profile(
            profile: answer.profile, source: reference.source.text, externalId: reference.externalId.text,
            createdAt: now),
        traits: traits, identifiers: identifiers, at: now)
    case .order(let number, let reference, let secondsAgo, let currency, let quantity, let price, let status):
      guard let profile = profile(reference) else { return }
      let at = now.adding(seconds: -secondsAgo)
      _ = try await service.call(
        ImportOrders(
          source: .shop,
          rows: Rows([
            ImportedOrder(
              externalId: ExternalID(normal: number), customer: reference, orderedAt: at, currency: currency,
              lines: [
                OrderLine(sku: SKU(fixed: "TEA-100"), quantity: Amount(quantity), unitPrice: Amount(price))
              ], status: status)
          ])))
      model.orders[number] = LinkModel.PlacedOrder(
        profile: model.orders[number]?.profile ?? profile, at: at, currency: currency,
        total: Decimal(quantity * price), isPurchase: status == .placed)
    case .consent(let reference, let purpose, let channel, let state):
      guard let profile = profile(reference) else { return }
      let answer = try await service.call(
        RecordConsent(
          customer: ID(profile), purpose: purpose, channel: channel, state: state, basis: Reason(fixed: "asked")))
      model.records[profile]?.consents.append(
        ConsentState(
          purpose: answer.purpose, channel: answer.channel, state: answer.state, basis: answer.basis,
          recordedAt: answer.recordedAt))
    case .event(let visitor, let user, let name, let identifies):
      try await visit(visitor, user, name, identifies)
    case .earning(let reference, let points, let active, let expires):
      guard let profile = profile(reference) else { return }
      let (activeAt, expiresAt) = (now.adding(seconds: active), expires.map { now.adding(seconds: $0) })
      let earned = try await five.of("loyalty.earn").call(
        EarnPoints(
          customer: ID(profile), points: try #require(Points(points)), activeAt: activeAt, expiresAt: expiresAt))
      model.points.earn(
        PointModel.Lot(
          id: earned.entry, profile: profile, points: points, activeAt: activeAt, expiresAt: expiresAt))
    case .burning(let reference, let points):
      guard let profile = profile(reference) else { return }
      let isEnough = model.points.take(points, of: model.component(of: profile), at: now) != nil
      let refusal = try await five.of("loyalty.burn").refusal(
        of: BurnPoints(customer: ID(profile), points: try #require(Points(points))))
      #expect(refusal?.type == (isEnough ? nil : "insufficient_points"))
    case .erasure(let reference):
      guard let profile = profile(reference) else { return }
      try await service.database.transaction { transaction in
        _ = try await Eraser(schemas: SuiteDatabase(allServices).schemas.map(\.schema), in: transaction)
          .erase([profile], key: nil)
      }
      model.erase(profile)
    }
  }

  private func visit(_ visitor: String?, _ user: String?, _ name: String, _ identifies: Bool) async throws {
    messages += 1
    let ids = [visitor.map { #""anonymousId": "\#($0)""# }, user.map { #""userId": "\#($0)""# }].compactMap(\.self)
    let what = identifies ? #""type": "identify""# : #""type": "track", "event": "\#(name)""#
    let answer = try await five.of("events.collect").call(
      "events.collect",
      "{\"batch\": [{\(what), \"messageId\": \"m\(messages)\", \(ids.joined(separator: ", "))}]}", as: .site)
    let place = model.place(visitor: visitor, user: user, identifies: identifies)
    #expect(
      (answer["refused"]?.elements.map { $0["reason"]?.string } ?? []) == (place.closes == nil ? [] : ["sharedDevice"]))
    let stored: ID<Profile> = try await service.database.shared.one(
      "SELECT profile FROM acquisition.events WHERE message_id = \("m\(messages)")")
    let now = service.clock.now
    if let profile = place.profile {
      #expect(stored == profile)
    } else {
      #expect(model.records[stored] == nil)
      if let closed = place.closes, let visitor { model.close(closed, visitor: visitor) }
      if let visitor {
        model.add(stored, carrying: .anonymous, visitor, at: now)
      } else if let user {
        model.add(stored, carrying: .user, user, at: now)
      }
    }
    model.visits.append(LinkModel.Visit(profile: stored, name: name))
    guard place.links, let user else { return }
    var account = model.carrier(of: .user, user)
    if account == nil {
      let made: ID<Profile> = try await service.database.shared.one(
        "SELECT profile FROM base.identifiers WHERE kind = 'user' AND value = \(user)")
      model.add(made, carrying: .user, user, at: now)
      account = made
    }
    if let account { model.links.insert(LinkModel.Edge(pair: [stored, account], evidence: "identify")) }
  }

  /// Whatever a small model can tell of each customer.
  private func compare() async throws {
    for profile in model.profiles {
      let members = model.component(of: profile)
      let params = "{\"customer\": \"\(profile)\"}"
      let bytes = try await service.respond(to: GetCustomer(customer: ID(profile)), as: .staff).json
      let view = try JSONDocument(parsing: bytes).root.decode(CustomerView.self)
      #expect(
        String(decoding: try encodeJSON(view, sortedKeys: true), as: UTF8.self) == (try model.view(of: profile)))

      let orders = try await Projection("orders.list", params).answer(of: service, to: params)
      let expected = model.orders.values.filter { members.contains($0.profile) }
      #expect(orders.split(separator: "\n").count == expected.count)
      let entries = try await Projection("customers.timeline", params).answer(of: service, to: params)
        .split(separator: "\n")
      #expect(entries.count { $0.contains("\"type\":\"event.") } == model.visits.count { members.contains($0.profile) })
      #expect(entries.count { $0.contains("\"type\":\"order.") } == expected.count)
      let verdict = try await service.call(
        CheckConsent(customer: ID(profile), purpose: "marketing", channel: Channel(fixed: "email")))
      #expect(verdict.reason == model.allows(profile, "marketing", on: "email"))
      let balance = try await five.of("loyalty.balance").call(GetPointBalance(customer: ID(profile)))
      let now = service.clock.now
      #expect(balance.active == model.points.active(of: members, at: now))
      #expect(balance.expired == model.points.expired(of: members, at: now))
      #expect(balance.active + balance.pending + balance.expired == model.points.all(of: members))
    }
    for visitor in Fact.visitors {
      guard let profile = model.carrier(of: .anonymous, visitor) else { continue }
      let seen = try await five.of("visitors.get").call("visitors.get", "{\"anonymousId\": \"\(visitor)\"}")
      #expect(seen["profile"]?.string == "\(profile)")
      #expect(seen["customer"]?.string == "\(model.component(of: profile)[0])")
      #expect(seen["events"]?.integer == model.visits.count { $0.profile == profile })
    }
  }
}
