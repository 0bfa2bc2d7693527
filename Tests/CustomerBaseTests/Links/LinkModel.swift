import FoundationEssentials
import JSON
import TestSupport

@testable import Models

/// What customers look like according to the facts and links of a test, told independently of the database.
struct LinkModel {
  struct Value: Hashable {
    var kind: IdentifierKind
    var value: String
  }

  struct Record {
    var profile: Profile
    var traits: [String: (value: RawJSON, at: Timestamp)] = [:]
    var identifiers: [Value: (verified: Bool, at: Timestamp)] = [:]
    var consents: [ConsentState] = []
  }

  struct PlacedOrder {
    var profile: ID<Profile>
    var at: Timestamp
    var currency: Currency
    var total: Decimal
    var isPurchase: Bool
  }

  struct Edge: Hashable {
    var pair: Set<ID<Profile>>
    var evidence: String
  }

  var records: [ID<Profile>: Record] = [:]
  var orders: [String: PlacedOrder] = [:]
  var visits: [Visit] = []
  var points = PointModel()
  var links: Set<Edge> = []
  var removed: Set<Edge> = []

  var profiles: [ID<Profile>] { records.keys.sorted() }

  /// Merges what was told of a profile, and links it by what it gained.
  mutating func merge(
    _ id: ID<Profile>, _ profile: Profile, traits: [String: RawJSON], identifiers: [Identifier], at: Timestamp
  ) {
    var record = records[id] ?? Record(profile: profile)
    for (name, value) in traits {
      if value.isNull {
        record.traits[name] = nil
      } else if record.traits[name]?.value != value {
        record.traits[name] = (value, at)
      }
    }
    var gained: [Value] = []
    for identifier in identifiers {
      let value = Value(kind: identifier.kind, value: identifier.value)
      let known = record.identifiers[value]
      let verified = identifier.verified == true
      if verified, known?.verified != true, identifier.kind.joinsPeople { gained.append(value) }
      record.identifiers[value] = (verified || known?.verified == true, known?.at ?? at)
    }
    records[id] = record
    for value in gained {
      let others = records.filter { $0.key != id && $0.value.identifiers[value]?.verified == true }.keys
      guard let earliest = others.min() else { continue }
      let edge = Edge(pair: [id, earliest], evidence: "\(value.kind.rawValue):\(value.value)")
      if !removed.contains(edge) { links.insert(edge) }
    }
  }

  mutating func unlink(_ edge: Edge) {
    links.remove(edge)
    removed.insert(edge)
  }

  /// The profiles that the links join with this one.
  func component(of profile: ID<Profile>) -> [ID<Profile>] {
    var reached: Set<ID<Profile>> = [profile]
    var hasGrown = true
    while hasGrown {
      let next = links.filter { !$0.pair.isDisjoint(with: reached) }.reduce(into: reached) { $0.formUnion($1.pair) }
      hasGrown = next.count > reached.count
      reached = next
    }
    return reached.sorted()
  }

  func view(of profile: ID<Profile>) throws -> String {
    let members = component(of: profile)
    let own = members.compactMap { records[$0] }
    let view = CustomerView(
      customer: ID(members[0]), profiles: own.map(\.profile), identifiers: identifiers(own), traits: traits(own),
      consents: consents(own), orderTotals: totals(members))
    return String(decoding: try encodeJSON(view, sortedKeys: true), as: UTF8.self)
  }

  private func identifiers(_ own: [Record]) -> [CarriedIdentifier] {
    let carried = own.flatMap { record in
      record.identifiers.map { value, told in
        CarriedIdentifier(
          kind: value.kind, value: value.value, verified: told.verified, profile: record.profile.profile,
          source: record.profile.source, at: told.at)
      }
    }
    return carried.sorted { ($0.kind.rawValue, $0.value, $0.profile) < ($1.kind.rawValue, $1.value, $1.profile) }
  }

  private func traits(_ own: [Record]) -> [Trait] {
    let names = Set(own.flatMap(\.traits.keys)).sorted()
    return names.flatMap { name in
      let told = own.compactMap { record in record.traits[name].map { (record.profile, $0) } }
      let ordered = told.sorted { $0.1.at == $1.1.at ? $0.0.profile < $1.0.profile : $0.1.at > $1.1.at }
      return ordered.enumerated().map { place, told in
        Trait(
          name: name, value: told.1.value, current: place == 0, profile: told.0.profile, source: told.0.source,
          at: told.1.at)
      }
    }
  }

  private func consents(_ own: [Record]) -> [ConsentState] {
    let all = Dictionary(grouping: own.flatMap(\.consents)) { [$0.purpose, $0.channel ?? ""] }
    return all.sorted { $0.key.lexicographicallyPrecedes($1.key) }.compactMap { _, told in
      let latest = told.map(\.recordedAt).max()
      let deciding = told.filter { $0.recordedAt == latest }
      return deciding.first { $0.state == .withdrawn } ?? deciding.first
    }
  }

  private func totals(_ members: [ID<Profile>]) -> [OrderTotal] {
    let own = orders.values.filter { $0.isPurchase && members.contains($0.profile) }
    return Dictionary(grouping: own, by: \.currency).sorted { $0.key < $1.key }.compactMap { currency, orders in
      let days = orders.map(\.at).sorted()
      guard let first = days.first, let last = days.last else { return nil }
      return OrderTotal(
        currency: currency, orders: orders.count,
        revenue: Money(amount: Amount(orders.reduce(0) { $0 + $1.total }), currency: currency),
        firstOrderedAt: first, lastOrderedAt: last)
    }
  }
}
