import CustomerBase
import Models
import Postgres
import Server

/// Keeps segments in line with what happens: the customers that an entry is about, in the segments whose rules rest on
/// what the entry tells.
enum SegmentFollower: Follower {
  static let name = "channelIntegration.segments"
  static let portion = 100
  /// A segment that is saved later is measured by its job first, which sees all that was passed over.
  static let condition: SQL = "EXISTS (SELECT FROM base.segments)"
  /// The lifetime value model follows the same entries by itself: its figures are looked at once more when it is done.
  private static let lifetimeValueSeconds: Int64 = 30

  static func apply(_ entries: [FollowedEntry], in base: CustomerBase) async throws {
    let told = TouchedFacts(entries)
    guard !told.isEmpty else { return }
    let plans = try await base.segments().map { (key: $0.key, plan: try SegmentPlan($0, now: base.now)) }
    let keys = plans.filter { told.concerns($0.plan) }.map(\.key)
    guard !keys.isEmpty else { return }
    // What was saved since is measured by its job.
    let held = try await base.hold(segments: keys)
    try await measureEverybody(held.filter { told.concernsEverybody(try SegmentPlan($0, now: base.now)) }, in: base)
    let touched = try await told.customers(in: base.database)
    guard !touched.isEmpty else { return }
    try await measure(held, touched, in: base)
  }

  /// Has everybody measured by a job, where none is about to do so: one that has yet to begin will see all this.
  private static func measureEverybody(_ segments: [StoredSegment], in base: CustomerBase) async throws {
    guard !segments.isEmpty else { return }
    let waiting = try await base.waiting(segments.compactMap(\.job))
    for stored in segments where stored.job.map(waiting.contains) != true {
      base.measure(segment: stored.key, by: try base.enqueue(ComputeSegmentWork(stored)))
    }
  }

  private static func measure(
    _ segments: [StoredSegment], _ touched: [ID<Customer>: TouchedFacts.Kinds], in base: CustomerBase
  ) async throws {
    var measurements: [SegmentMeasurement] = []
    let former = try await base.customersByProfile(of: Array(touched.keys))
    for stored in segments {
      let plan = try SegmentPlan(stored, now: base.now)
      let customers = touched.filter { $0.value.concern(plan) }.map(\.key).sorted()
      guard !customers.isEmpty else { continue }
      let again = plan.reads.contains(.lifetimeValues) ? base.now.adding(seconds: lifetimeValueSeconds) : nil
      measurements.append(
        SegmentMeasurement(
          segment: stored.key, version: stored.version,
          evaluation: plan.evaluation(of: SegmentPlan.these(customers), again: again),
          scope: customers.flatMap { former[$0] ?? [$0] }))
    }
    try await base.measure(measurements) { _, customer in touched[customer]?.cause ?? .link }
  }
}

extension CustomerBase {
  /// The profiles of customers, by whose ids a part of them may have been in a segment before.
  fileprivate func customersByProfile(of customers: [ID<Customer>]) async throws -> [ID<Customer>: [ID<Customer>]] {
    let rows = try await database.rows(
      "SELECT m.customer, m.profile FROM base.members m WHERE m.customer = ANY (\(customers))")
    var former: [ID<Customer>: [ID<Customer>]] = [:]
    for row in rows {
      let (customer, profile) = try row.decode(ID<Customer>.self, ID<Customer>.self)
      former[customer, default: []].append(profile)
    }
    return former
  }
}

/// What entries of the journal tell that segments may rest on.
struct TouchedFacts: Sendable {
  /// What happened to a customer.
  struct Kinds: Sendable {
    var facts: SegmentFacts = []
    var isLinked = false
    var isNew = false

    /// Whether it may change who is in the segment.
    func concern(_ plan: SegmentPlan) -> Bool {
      // Whoever refuses profiling leaves every segment, and comes back when they allow it.
      isLinked || facts.contains(.consents) || !facts.isDisjoint(with: plan.reads) || (isNew && plan.holdsWithoutFacts)
        || (facts.contains(.orders) && plan.reads.contains(.lifetimeValues))
    }

    /// What is told of it; the most telling where several things happened at once.
    var cause: SegmentCause {
      if isLinked { return .link }
      if facts.contains(.orders) { return .order }
      if facts.contains(.events) { return .event }
      return facts.contains(.consents) ? .consent : .profile
    }
  }

  private var profiles: [ID<Profile>: Kinds] = [:]
  private var imports: [Int64] = []
  private var collections: [Int64] = []
  /// When events of the entries were received, to look in their partitions alone.
  private var collected: (first: Timestamp, last: Timestamp)?
  /// What changed for everybody.
  private var everybody: SegmentFacts = []

  init(_ entries: [FollowedEntry]) {
    for entry in entries {
      switch entry.type {
      case "profile.created":
        touch(entry) {
          $0.isNew = true; $0.facts.insert(.profiles)
        }
      case "profile.updated": touch(entry) { $0.facts.insert(.profiles) }
      case "link.created", "link.removed": touch(entry) { $0.isLinked = true }
      case "consent.granted", "consent.withdrawn": touch(entry) { $0.facts.insert(.consents) }
      case "events.forgotten": touch(entry) { $0.facts.insert(.events) }
      case "orders.imported": imports.append(entry.position.id)
      case "events.collected":
        collections.append(entry.position.id)
        collected = (min(collected?.first ?? entry.at, entry.at), max(collected?.last ?? entry.at, entry.at))
      case "clv.published": everybody.insert(.lifetimeValues)
      case "products.imported": everybody.insert(.products)
      // Which of a trait's values counts.
      case "traitPolicy.saved": everybody.insert(.profiles)
      // Whom profiling may serve follows from its basis.
      case "purpose.saved": everybody = .all
      default: break
      }
    }
  }

  private mutating func touch(_ entry: FollowedEntry, _ note: (inout Kinds) -> Void) {
    guard let subject = entry.subject else { return }
    note(&profiles[subject, default: Kinds()])
  }

  var isEmpty: Bool { profiles.isEmpty && imports.isEmpty && collections.isEmpty && everybody.isEmpty }

  func concerns(_ plan: SegmentPlan) -> Bool {
    var bulk = Kinds()
    if !imports.isEmpty { bulk.facts.insert(.orders) }
    if !collections.isEmpty { bulk.facts.insert(.events) }
    return concernsEverybody(plan) || bulk.concern(plan) || profiles.values.contains { $0.concern(plan) }
  }

  func concernsEverybody(_ plan: SegmentPlan) -> Bool { !everybody.isDisjoint(with: plan.reads) }

  /// The customers that the facts belong to now.
  func customers(in database: any Database) async throws -> [ID<Customer>: Kinds] {
    let names = Array(profiles.keys)
    let customers = database.send(
      "SELECT m.customer, m.profile FROM base.members m WHERE m.profile = ANY (\(names))")
    let buyers: [ID<Customer>] =
      imports.isEmpty
      ? []
      : try await database.all(
        """
        SELECT DISTINCT m.customer FROM base.orders o JOIN base.members m ON m.profile = o.profile
        WHERE o.entry = ANY (\(imports))
        """)
    var visitors: [ID<Customer>] = []
    if let collected {
      visitors = try await database.all(
        """
        SELECT DISTINCT m.customer FROM acquisition.events e JOIN base.members m ON m.profile = e.profile
        WHERE e.entry = ANY (\(collections)) AND e.received_at BETWEEN \(collected.first) AND \(collected.last)
        """)
    }
    var touched: [ID<Customer>: Kinds] = [:]
    for row in try await customers.rows() {
      let (customer, profile) = try row.decode(ID<Customer>.self, ID<Profile>.self)
      guard let kinds = profiles[profile] else { continue }
      touched[customer, default: Kinds()].facts.formUnion(kinds.facts)
      if kinds.isLinked { touched[customer, default: Kinds()].isLinked = true }
      if kinds.isNew { touched[customer, default: Kinds()].isNew = true }
    }
    for buyer in buyers { touched[buyer, default: Kinds()].facts.insert(.orders) }
    for visitor in visitors { touched[visitor, default: Kinds()].facts.insert(.events) }
    return touched
  }
}
