import JSON
import Matching
import Models
import Postgres

/// What became of a pair that may be one person.
public enum MatchState: String, Codable, CaseIterable, Sendable {
  /// Nobody has decided yet.
  case open
  /// As `open`; kept apart by itself, since the pair alone would join two groups that little else joins.
  case weakChain
  /// The two are one customer, by whatever link.
  case linked
  /// Somebody decided that the two are one person.
  case same
  /// Somebody decided that the two are not, for ever.
  case different
}

/// A pair of profiles that may be one person.
public struct MatchCandidate: Codable, Sendable {
  /// One record, that of the smaller id.
  public var a: MatchedProfile
  /// The other record.
  public var b: MatchedProfile
  /// How likely it is that the two are one person, 0 to 1.
  public var probability: Double
  /// What it rests on; a field that either record lacks says nothing.
  public var fields: [MatchFinding]
  /// What became of the pair.
  public var state: MatchState
}

/// A record of a pair.
public struct MatchedProfile: Codable, Sendable {
  /// Id of the profile.
  public var profile: ID<Profile>
  /// System the record comes from.
  public var source: String
  /// Id of the record in its source.
  public var externalId: String
}

/// Where a page of candidates ended.
public struct MatchPosition: Codable, Sendable {
  public var probability: Double
  public var a: ID<Profile>
  public var b: ID<Profile>
}

/// Which candidates are listed.
public struct MatchFilter: Codable, Sendable {
  public var customer: ID<Customer>?
  public var scope: MatchScope
  public var minimumProbability: Double?
  public var state: MatchState?

  public init(customer: ID<Customer>?, scope: MatchScope, minimumProbability: Double?, state: MatchState?) {
    self.customer = customer
    self.scope = scope
    self.minimumProbability = minimumProbability
    self.state = state
  }
}

extension MatchCandidate {
  public var position: MatchPosition { MatchPosition(probability: probability, a: a.profile, b: b.profile) }
}

extension CustomerBase {
  /// Pairs that may be one person, likeliest first.
  public func matchCandidates(
    _ filter: MatchFilter, after: MatchPosition?, limit: Int
  ) async throws -> [MatchCandidate] {
    let ofCustomer: SQL =
      filter.customer.map { customer in
        """
        (c.a IN (SELECT m.profile FROM base.members m WHERE m.customer = \(customer))
          OR c.b IN (SELECT m.profile FROM base.members m WHERE m.customer = \(customer)))
        """
      } ?? "true"
    let between: SQL = filter.scope.isBetween ? "p.source <> q.source" : "true"
    let rest: SQL =
      after.map { after in
        """
        c.probability <= \(after.probability)
          AND (c.probability < \(after.probability) OR (c.a, c.b) > (\(after.a)::uuid, \(after.b)::uuid))
        """
      } ?? "true"
    let rows = try await database.rows(
      """
      SELECT f.a, f.source_a, f.external_id_a, f.b, f.source_b, f.external_id_b, f.probability, f.fields, f.state
      FROM (
        SELECT c.a, p.source AS source_a, p.external_id AS external_id_a, c.b, q.source AS source_b,
          q.external_id AS external_id_b, c.probability, c.fields,
          CASE
            WHEN d.verdict IS NOT NULL THEN d.verdict
            WHEN m.customer = n.customer THEN 'linked'
            WHEN c.is_weak THEN 'weakChain'
            ELSE 'open'
          END AS state
        FROM base.match_candidates c
        JOIN base.profiles p ON p.id = c.a JOIN base.profiles q ON q.id = c.b
        JOIN base.members m ON m.profile = c.a JOIN base.members n ON n.profile = c.b
        LEFT JOIN base.match_decisions d ON d.a = c.a AND d.b = c.b
        WHERE \(ofCustomer) AND \(between)
          AND \(filter.scope.includes("p.source")) AND \(filter.scope.includes("q.source"))
          AND (\(filter.minimumProbability)::float8 IS NULL OR c.probability >= \(filter.minimumProbability))
          AND \(rest)
      ) f
      WHERE \(filter.state?.rawValue)::text IS NULL OR f.state = \(filter.state?.rawValue)
      ORDER BY f.probability DESC, f.a, f.b LIMIT \(limit)
      """)
    return try rows.map { row in
      let (a, sourceA, externalA, b, sourceB, externalB, probability, fields, state) = try row.decode(
        ID<Profile>.self, String.self, String.self, ID<Profile>.self, String.self, String.self, Double.self,
        RawJSON.self, String.self)
      return MatchCandidate(
        a: MatchedProfile(profile: a, source: sourceA, externalId: externalA),
        b: MatchedProfile(profile: b, source: sourceB, externalId: externalB), probability: probability,
        fields: try JSONDocument(parsing: fields.utf8).root.decode([MatchFinding].self),
        state: MatchState(rawValue: state) ?? .open)
    }
  }
}
