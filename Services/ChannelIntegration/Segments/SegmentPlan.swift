import CustomerBase
import FoundationEssentials
import JSON
import Models
import Postgres

/// A rule as statements that decide on many customers at once, as of a moment.
struct SegmentPlan: Sendable {
  indirect enum Node: Sendable {
    case all(String, [Node])
    case any(String, [Node])
    case not(String, Node)
    case leaf(Int)
  }

  let now: Timestamp
  let root: Node
  let leaves: [SegmentLeaf]

  init(_ rule: SegmentRule, now: Timestamp) {
    self.now = now
    var leaves: [SegmentLeaf] = []
    root = Self.node(rule, at: "", now, &leaves)
    self.leaves = leaves
  }

  /// The plan of a rule as it is kept.
  init(_ stored: StoredSegment, now: Timestamp) throws {
    self.init(try stored.readRule(), now: now)
  }

  private static func node(
    _ rule: SegmentRule, at path: String, _ now: Timestamp, _ leaves: inout [SegmentLeaf]
  ) -> Node {
    if let all = rule.all {
      return .all(
        "\(path)/all", all.enumerated().map { node($0.element, at: "\(path)/all/\($0.offset)", now, &leaves) })
    }
    if let any = rule.any {
      return .any(
        "\(path)/any", any.enumerated().map { node($0.element, at: "\(path)/any/\($0.offset)", now, &leaves) })
    }
    if let not = rule.not { return .not("\(path)/not", node(not, at: "\(path)/not", now, &leaves)) }
    let leaf =
      rule.trait?.leaf("\(path)/trait") ?? rule.performed?.leaf("\(path)/performed", now)
      ?? rule.ordered?.leaf("\(path)/ordered", now) ?? rule.orderTotal?.leaf("\(path)/orderTotal", now)
      ?? rule.score?.leaf("\(path)/score", now) ?? rule.consent?.leaf("\(path)/consent")
      ?? rule.carries?.leaf("\(path)/carries") ?? rule.source?.leaf("\(path)/source")
    if let leaf { leaves.append(leaf) }
    return .leaf(leaves.count - 1)
  }

  /// What the rule rests on.
  var reads: SegmentFacts { leaves.reduce(into: []) { $0.formUnion($1.reads) } }

  /// Whether the rule holds for somebody of whom nothing is known.
  var holdsWithoutFacts: Bool { holds(root) { leaves[$0].otherwise } }

  /// Whether a node holds where its clauses do.
  func holds(_ node: Node, _ leaf: (Int) -> Bool) -> Bool {
    switch node {
    case .all(_, let nodes): nodes.allSatisfy { holds($0, leaf) }
    case .any(_, let nodes): nodes.contains { holds($0, leaf) }
    case .not(_, let node): !holds(node, leaf)
    case .leaf(let place): leaf(place)
    }
  }
}

extension StoredSegment {
  /// The rule in its types.
  func readRule() throws -> SegmentRule { try JSONDocument(parsing: rule.utf8).root.decode(SegmentRule.self) }
}

// MARK: Deciding

extension SegmentPlan {
  /// `WITH … evaluation AS MATERIALIZED (…)`: a row (customer, holds, recheck_at) for each of the customers that has a
  /// profile which was not erased. `asked` is a query of customers.
  ///
  /// - Parameter again: When to look again at the latest, for what changes without an entry in the journal.
  func evaluation(of asked: SQL, again: Timestamp? = nil) -> SQL {
    let joins = leaves.indices.map { place in
      " LEFT JOIN (\(leaves[place].rows)) \(alias(place)) ON \(alias(place)).customer = c.customer" as SQL
    }
    let rechecks =
      leaves.indices.filter { leaves[$0].changesByTime }.map { "\(alias($0)).recheck_at" as SQL }
      + ["\(again)::timestamptz"]
    return """
      \(people(asked)), evaluation AS MATERIALIZED (
        SELECT c.customer, \(condition(root)) AS holds, least(\(rechecks.joined(separator: ", "))) AS recheck_at
        FROM (SELECT DISTINCT p.customer FROM people p) c\(joins.joined(separator: ""))
      )
      """
  }

  /// The profiles that the clauses look at.
  ///
  /// Whoever refuses profiling is in no segment.
  private func people(_ asked: SQL) -> SQL {
    """
    WITH asked AS MATERIALIZED (
      \(asked)
    ), eligible AS (
      SELECT a.customer FROM asked a WHERE \(CustomerBase.serves(.profiling, "a.customer"))
    ), people AS MATERIALIZED (
      SELECT m.customer, m.profile, q.source
      FROM eligible g JOIN base.members m ON m.customer = g.customer JOIN base.profiles q ON q.id = m.profile
      WHERE q.erased_at IS NULL
    )
    """
  }

  private func condition(_ node: Node) -> SQL {
    switch node {
    case .all(_, let nodes): "(\(nodes.map(condition).joined(separator: " AND ")))"
    case .any(_, let nodes): "(\(nodes.map(condition).joined(separator: " OR ")))"
    case .not(_, let node): "NOT \(condition(node))"
    case .leaf(let place): "COALESCE(\(alias(place)).holds, \(leaves[place].otherwise))"
    }
  }

  private func alias(_ place: Int) -> SQL { SQL(identifier: "clause\(place)") }

  /// The customers of these ids.
  static func these(_ customers: [ID<Customer>]) -> SQL { "SELECT unnest(\(customers)) AS customer" }
}

// MARK: Everybody

extension SegmentPlan {
  /// A query of everybody for whom the rule may hold, by indexes; nil where every customer has to be looked at.
  var candidates: SQL? { candidates(root) }

  private func candidates(_ node: Node) -> SQL? {
    switch node {
    case .all(_, let nodes): return nodes.lazy.compactMap { candidates($0) }.first
    case .any(_, let nodes):
      let each = nodes.map { candidates($0) }
      guard !each.contains(where: { $0 == nil }) else { return nil }
      return each.compactMap(\.self).joined(separator: " UNION ALL ")
    case .not: return nil
    case .leaf(let place): return leaves[place].candidates
    }
  }

  /// A query of everybody that has to be looked at.
  var everybody: SQL {
    candidates.map { "SELECT DISTINCT k.customer FROM (\($0)) k" } ?? "SELECT c.id AS customer FROM base.customers c"
  }

  /// The clauses for which every customer has to be looked at; empty where indexes find who may be meant.
  var scans: [SegmentScan] { candidates == nil ? scans(root) : [] }

  private func scans(_ node: Node) -> [SegmentScan] {
    guard candidates(node) == nil else { return [] }
    switch node {
    case .all(_, let nodes), .any(_, let nodes): return nodes.flatMap { scans($0) }
    case .not(let path, _):
      return [SegmentScan(path: path, reason: "for whom a clause does not hold is found by no index")]
    case .leaf(let place): return [SegmentScan(path: leaves[place].path, reason: leaves[place].scanReason)]
    }
  }
}

/// A clause for which every customer has to be looked at.
struct SegmentScan: Codable, Hashable, Sendable {
  /// Where the clause stands in the rule, as `/all/1/not`.
  var path: String
  /// Why.
  var reason: String
}

// MARK: Explaining

/// A clause of a rule, and whether it holds for a customer.
struct ExplainedClause: Codable, Sendable {
  /// Where the clause stands in the rule, as `/all/1/performed`.
  var path: String
  /// Whether it holds.
  var holds: Bool
  /// The fact that decides; absent where there is none, and for clauses of clauses.
  var fact: SegmentFact?
  /// What it is made of; absent for a clause that facts decide.
  var clauses: [ExplainedClause]?
}

/// What decides on a clause.
struct SegmentFact: Codable, Sendable {
  /// The value that counts: of a trait, a sum, a figure, an identifier, or the state of a consent.
  var value: RawJSON?
  /// How many events or orders count.
  var count: Int?
  /// System that says it.
  var source: String?
  /// Profile that it is said of.
  var profile: ID<Profile>?
  /// When: of events and orders the latest one.
  var at: Timestamp?
}

extension SegmentPlan {
  /// Which clauses hold for the customers, with the facts, all by the same statements that decide on membership.
  func explain(_ customers: [ID<Customer>], in database: any Database) async throws -> [ID<Customer>: ExplainedClause] {
    let pending = leaves.map { leaf in
      database.send(
        """
        \(people(Self.these(customers)))
        SELECT c.customer, COALESCE(f.holds, \(leaf.otherwise)), f.value, f.count, f.source, f.profile, f.at
        FROM (SELECT DISTINCT p.customer FROM people p) c LEFT JOIN (\(leaf.rows)) f ON f.customer = c.customer
        """)
    }
    var found: [ID<Customer>: [ExplainedClause]] = [:]
    for (leaf, pending) in zip(leaves, pending) {
      for row in try await pending.rows() {
        let (customer, holds, value, count, source, profile, at) = try row.decode(
          ID<Customer>.self, Bool.self, RawJSON?.self, Int?.self, String?.self, ID<Profile>?.self, Timestamp?.self)
        let fact = SegmentFact(value: value, count: count, source: source, profile: profile, at: at)
        let isKnown = value != nil || count != nil || source != nil || at != nil
        found[customer, default: []].append(
          ExplainedClause(path: leaf.path, holds: holds, fact: isKnown ? fact : nil, clauses: nil))
      }
    }
    return found.mapValues { clauses in explained(root, clauses) }
  }

  private func explained(_ node: Node, _ clauses: [ExplainedClause]) -> ExplainedClause {
    func tree(_ path: String, _ nodes: [Node]) -> ExplainedClause {
      ExplainedClause(
        path: path, holds: holds(node) { clauses[$0].holds }, fact: nil, clauses: nodes.map { explained($0, clauses) })
    }
    switch node {
    case .all(let path, let nodes), .any(let path, let nodes): return tree(path, nodes)
    case .not(let path, let inner): return tree(path, [inner])
    case .leaf(let place): return clauses[place]
    }
  }
}
