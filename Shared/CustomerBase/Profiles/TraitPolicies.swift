import JSON
import Models
import Postgres

/// Which of a trait's values is shown where the sources say different things. The others are kept.
public enum SurvivorshipRule: String, Codable, CaseIterable, Sendable {
  /// The value that changed last.
  case mostRecent
  /// The value of the source that is named first; among equals the most recent.
  case mostTrusted
  /// The value that most of the customer's profiles tell; among equals the most recent.
  case mostFrequent
}

/// How a trait's shown value is chosen. A trait without a policy shows its most recent value.
public struct TraitPolicy: Codable, Sendable {
  /// Name of the trait, as `givenName`.
  public var trait: TraitName
  /// How its value is chosen.
  public var rule: SurvivorshipRule
  /// Sources by trust, the most trusted first; all others come after them. None but for `mostTrusted`.
  public var sources: [SourceName]
  /// When the policy was saved.
  public var savedAt: Timestamp
}

extension CustomerBase {
  /// Saves the policy of a trait, in the place of the one that it has.
  public func saveTraitPolicy(
    _ trait: TraitName, _ rule: SurvivorshipRule, sources: [SourceName]
  ) async throws -> TraitPolicy {
    let saved: TraitPolicy? = try await database.first(
      """
      INSERT INTO base.trait_policies AS p (trait, rule, sources, saved_at, saved_by)
      VALUES (\(trait.text), \(rule.rawValue), \(sources.map(\.text)), \(now), \(author.actor))
      ON CONFLICT ON CONSTRAINT trait_policies_pkey DO UPDATE
      SET rule = excluded.rule, sources = excluded.sources, saved_at = excluded.saved_at, saved_by = excluded.saved_by
      WHERE (p.rule, p.sources) <> (excluded.rule, excluded.sources)
      RETURNING trait, rule, sources, saved_at
      """)
    if let saved {
      append([try JournalEntry(subject: nil, type: "traitPolicy.saved", payload: saved)])
      return saved
    }
    return try await database.one(
      "SELECT trait, rule, sources, saved_at FROM base.trait_policies WHERE trait = \(trait.text)")
  }

  /// The policies by the names of their traits.
  public func traitPolicies(after: TraitName?, limit: Int) async throws -> [TraitPolicy] {
    try await database.all(
      """
      SELECT trait, rule, sources, saved_at FROM base.trait_policies
      WHERE \(after?.text)::text IS NULL OR trait > \(after?.text)
      ORDER BY trait LIMIT \(limit)
      """)
  }
}
