import FoundationEssentials
import Models

@testable import ChannelIntegration

/// Who is in a segment according to the facts and links of a test, told independently of the database.
struct SegmentModel {
  struct Record {
    var source: String
    var externalId: String
    var hasEmail = false
    var isErased = false
    var traits: [String: (value: String, at: Timestamp)] = [:]
    var events: [(name: String, sku: String, at: Timestamp)] = []
    var consents: [(channel: String?, isGranted: Bool, at: Timestamp)] = []
  }

  struct PlacedOrder {
    var profile: ID<Profile>
    var sku: String
    var total: Int
    var isPurchase: Bool
    var at: Timestamp
  }

  var records: [ID<Profile>: Record] = [:]
  /// By source and external id.
  var orders: [String: PlacedOrder] = [:]
  var links: [ID<Link>: (ID<Profile>, ID<Profile>)] = [:]

  var living: [ID<Profile>] { records.filter { !$0.value.isErased }.keys.sorted() }

  /// The customers, each with its profiles.
  var customers: [ID<Customer>: [ID<Profile>]] {
    var customers: [ID<Customer>: [ID<Profile>]] = [:]
    for profile in records.keys { customers[ID(component(of: profile)[0]), default: []].append(profile) }
    return customers
  }

  func component(of profile: ID<Profile>) -> [ID<Profile>] {
    var seen: Set = [profile]
    var open = [profile]
    while let next = open.popLast() {
      for (a, b) in links.values where a == next || b == next {
        let other = a == next ? b : a
        if seen.insert(other).inserted { open.append(other) }
      }
    }
    return seen.sorted()
  }

  /// The customers for whom the rule holds; an erased profile tells nothing.
  func holders(_ rule: SegmentRule, now: Timestamp) -> Set<ID<Customer>> {
    var holders: Set<ID<Customer>> = []
    for (customer, profiles) in customers {
      let known = profiles.filter { records[$0]?.isErased == false }.sorted()
      if !known.isEmpty && holds(rule, known, now) { holders.insert(customer) }
    }
    return holders
  }

  private func holds(_ rule: SegmentRule, _ profiles: [ID<Profile>], _ now: Timestamp) -> Bool {
    let told = profiles.compactMap { records[$0] }
    func isInside(_ days: Int?, _ at: Timestamp) -> Bool {
      days.map { now.seconds(since: at) < Double($0) * 86_400 } ?? true
    }
    if let all = rule.all { return !all.contains { !holds($0, profiles, now) } }
    if let any = rule.any { return any.contains { holds($0, profiles, now) } }
    if let not = rule.not { return !holds(not, profiles, now) }
    if let source = rule.source { return told.contains { $0.source == source.text } }
    if rule.carries != nil { return told.contains { $0.hasEmail } }
    let bought = orders.values.filter { profiles.contains($0.profile) && $0.isPurchase }
    if let clause = rule.trait {
      // Profiles come by id: of two of one time the first one stays.
      let current = told.compactMap { $0.traits[clause.name] }.reduce(nil as (value: String, at: Timestamp)?) {
        $0.map { $0.at } ?? Timestamp(secondsSinceEpoch: 0) >= $1.at ? $0 : $1
      }
      if let exists = clause.exists { return exists == (current != nil) }
      return (clause.in ?? [clause.is].compactMap(\.self)).contains { $0.text == current?.value }
    }
    if let clause = rule.performed {
      let wanted = clause.where?["sku"]?.text
      let count = told.flatMap(\.events).count {
        $0.name == clause.event && isInside(clause.withinDays, $0.at) && (wanted == nil || wanted == "\"\($0.sku)\"")
      }
      return count >= clause.atLeast ?? (clause.atMost == nil ? 1 : 0) && count <= clause.atMost ?? .max
    }
    if let clause = rule.ordered {
      let count = bought.count {
        isInside(clause.withinDays, $0.at) && (clause.sku == nil || clause.sku?.text == $0.sku)
      }
      return count >= clause.atLeast ?? (clause.atMost == nil ? 1 : 0) && count <= clause.atMost ?? .max
    }
    if let clause = rule.orderTotal {
      let sum = Decimal(bought.filter { isInside(clause.withinDays, $0.at) }.reduce(0) { $0 + $1.total })
      return sum >= clause.atLeast?.decimal ?? sum && sum <= clause.atMost?.decimal ?? sum
    }
    if let clause = rule.score {
      guard let last = bought.map(\.at).max() else { return false }
      let days = now.day.daysSinceEpoch - last.day.daysSinceEpoch
      let figure = Decimal(clause.name == .recency ? days : bought.count)
      return figure >= clause.atLeast ?? figure && figure <= clause.atMost ?? figure
    }
    if let clause = rule.consent {
      let deciding = told.flatMap(\.consents).filter { $0.channel == nil || $0.channel == clause.channel?.text }
        .max { $0.at < $1.at }
      return (deciding.map { $0.isGranted ? .granted : .withdrawn } ?? .unrecorded) == clause.state
    }
    return false
  }
}
