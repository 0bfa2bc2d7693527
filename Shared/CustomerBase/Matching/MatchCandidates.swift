import JSON
import Matching
import Models
import Postgres

/// A pair that may be one person, as a job or a follower found it.
public struct FoundMatch: Sendable {
  public var a: ID<Profile>
  public var b: ID<Profile>
  public var score: MatchScore
  /// Whether it would have joined two groups that little else joins.
  public var isWeak: Bool

  public init(_ one: ID<Profile>, _ other: ID<Profile>, score: MatchScore, isWeak: Bool) {
    a = min(one, other)
    b = max(one, other)
    self.score = score
    self.isWeak = isWeak
  }
}

/// Evidence of links that a probability made.
let matchEvidence = "match"

extension CustomerBase {
  /// Writes pairs, in the place of what was found of them before. Those with somebody who was erased are left out.
  public func writeMatches(_ found: [FoundMatch], scope: MatchScope, run: ID<Job>) async throws {
    guard !found.isEmpty else { return }
    let fields = try found.map { match in
      RawJSON(
        wellFormed: try encodeJSON(
          match.score.findings.map { MatchFinding(field: $0.field, level: $0.level, weight: rounded($0.weight)) }))
    }
    try await database.execute(
      """
      INSERT INTO base.match_candidates AS c (a, b, scope, probability, fields, is_weak, run, found_at)
      SELECT n.a, n.b, \(scope.name), n.probability, n.fields, n.is_weak, \(run), \(now)
      FROM unnest(
        \(found.map(\.a)), \(found.map(\.b)), \(found.map(\.score.probability)), \(fields), \(found.map(\.isWeak))
      ) AS n (a, b, probability, fields, is_weak)
      JOIN base.profiles p ON p.id = n.a AND p.erased_at IS NULL
      JOIN base.profiles q ON q.id = n.b AND q.erased_at IS NULL
      ON CONFLICT ON CONSTRAINT match_candidates_pkey DO UPDATE
      SET scope = excluded.scope, probability = excluded.probability, fields = excluded.fields,
        is_weak = excluded.is_weak, run = excluded.run, found_at = excluded.found_at
      """)
  }

  /// Takes pairs of the scope away that a later run did not find again.
  public func forgetMatches(in scope: MatchScope, before run: ID<Job>) async throws {
    try await database.execute(
      "DELETE FROM base.match_candidates WHERE scope = \(scope.name) AND run <> \(run)")
  }

  /// Takes pairs of these profiles away.
  public func forgetMatches(of profiles: [ID<Profile>], in scope: MatchScope) async throws {
    try await database.execute(
      """
      DELETE FROM base.match_candidates c
      WHERE c.scope = \(scope.name) AND (c.a = ANY (\(profiles)) OR c.b = ANY (\(profiles)))
      """)
  }

  /// Which pairs of these profiles a person decided to be two.
  public static func differentPairs(
    of profiles: [ID<Profile>], _ database: any Database
  ) async throws -> [(a: ID<Profile>, b: ID<Profile>)] {
    let rows = try await database.rows(
      """
      SELECT d.a, d.b FROM base.match_decisions d
      WHERE d.verdict = 'different' AND d.a = ANY (\(profiles)) AND d.b = ANY (\(profiles))
      ORDER BY d.a, d.b
      """)
    return try rows.map { row in
      let (a, b) = try row.decode(ID<Profile>.self, ID<Profile>.self)
      return (a, b)
    }
  }

  /// Links pairs by their probability alone. A pair whose link of this kind a person removed is refused, and so is one
  /// that would make two profiles one customer of whom somebody decided that they are two people. Answers how many links
  /// were made.
  public func linkMatches(_ found: [FoundMatch]) async throws -> Int {
    guard !found.isEmpty else { return 0 }
    try await lockProfiles(Array(Set(found.flatMap { [$0.a, $0.b] })), refusingErased: false)
    let customers = try await database.rows(
      """
      SELECT w.place - 1, m.customer, n.customer, EXISTS (
          SELECT FROM base.links l
          WHERE l.a IN (w.a, w.b) AND l.b IN (w.a, w.b) AND l.evidence = \(matchEvidence) AND l.removed_at IS NOT NULL)
      FROM unnest(\(found.map(\.a)), \(found.map(\.b))) WITH ORDINALITY AS w (a, b, place)
      JOIN base.members m ON m.profile = w.a JOIN base.members n ON n.profile = w.b
      WHERE NOT EXISTS (SELECT FROM base.profiles p WHERE p.id IN (w.a, w.b) AND p.erased_at IS NOT NULL)
      ORDER BY w.place
      """
    ).map { row in
      let (place, a, b, wasRemoved) = try row.decode(Int.self, ID<Profile>.self, ID<Profile>.self, Bool.self)
      return (place: place, a: a, b: b, wasRemoved: wasRemoved)
    }
    let concerned = customers.flatMap { [$0.a, $0.b] }
    let different = try await database.rows(
      """
      SELECT DISTINCT m.customer, n.customer FROM base.match_decisions d
      JOIN base.members m ON m.profile = d.a JOIN base.members n ON n.profile = d.b
      WHERE d.verdict = 'different' AND (m.customer = ANY (\(concerned)) OR n.customer = ANY (\(concerned)))
      """
    ).map { row in
      let (a, b) = try row.decode(ID<Profile>.self, ID<Profile>.self)
      return (a: a, b: b)
    }
    var components = Components(Set(concerned + different.flatMap { [$0.a, $0.b] }))
    let proposals = customers.map { pair in
      let candidate = LinkCandidate(a: found[pair.place].a, b: found[pair.place].b, evidence: matchEvidence)
      guard !pair.wasRemoved else { return LinkProposal(candidate, refusal: .removedByHand) }
      let joined = Set([components.earliest(pair.a), components.earliest(pair.b)])
      let isRefused = different.contains { decided in
        decided.a != decided.b
          && joined.isSuperset(of: [components.earliest(decided.a), components.earliest(decided.b)])
      }
      guard !isRefused else { return LinkProposal(candidate, refusal: .decidedDifferent) }
      components.join(pair.a, pair.b)
      return LinkProposal(candidate, refusal: nil)
    }
    try await refuse(proposals.compactMap { proposal in proposal.refused.map { (proposal.candidate.a, $0) } })
    return try await link(proposals.filter { $0.refusal == nil }.map(\.candidate)).count
  }

  private func rounded(_ weight: Double) -> Double { (weight * 1000).rounded() / 1000 }
}

/// What one field says of a pair.
public struct MatchFinding: Codable, Sendable {
  /// The field both records tell.
  public var field: MatchField
  /// How far they agree.
  public var level: MatchLevel
  /// Logarithm to base 2 of how much likelier that is between records of one person than of two.
  public var weight: Double

  public init(field: MatchField, level: MatchLevel, weight: Double) {
    self.field = field
    self.level = level
    self.weight = weight
  }
}
