import Models
import Postgres

/// Where a page of a search ended.
public struct FoundPosition: Codable, Sendable {
  public var score: Double
  public var customer: ID<Customer>

  public init(score: Double, customer: ID<Customer>) {
    self.score = score
    self.customer = customer
  }
}

/// A customer that a search found.
public struct FoundCustomer: Codable, Sendable {
  /// The customer.
  public var customer: ID<Customer>
  /// How well it fits: 1 for every word found as it is, less for its beginning or its likeness.
  public var score: Double
  /// What was found, the best fit first.
  public var matches: [String]
}

extension CustomerBase {
  /// The customer of the earliest profile that carries the value, verified ones first.
  public func customer(carrying kind: IdentifierKind, value: String) async throws -> ID<Customer>? {
    try await database.first(
      """
      SELECT m.customer
      FROM base.identifiers i JOIN base.members m ON m.profile = i.profile
      WHERE i.kind = \(kind.rawValue) AND i.value = \(value) AND i.retired_at IS NULL
      ORDER BY i.verified DESC, i.profile LIMIT 1
      """)
  }

  /// Customers whose names, identifiers or external ids begin with the words or are like them, best first.
  ///
  /// A word counts 1 where it is the whole, 0.9 where it is the beginning, otherwise its trigram similarity. Each of the
  /// three indexes is asked for its closest 500 at most.
  public func search(_ words: [String], after: FoundPosition?, limit: Int) async throws -> [FoundCustomer] {
    let whole = words.joined(separator: " ")
    let terms = words.count > 1 ? words + [whole] : words
    return try await database.all(
      """
      WITH asked AS (
        SELECT a.word, replace(replace(replace(a.word, '\\', '\\\\'), '%', '\\%'), '_', '\\_') || '%' AS beginning
        FROM unnest(\(terms)) AS a (word)
      ), hits AS (
        SELECT a.word, h.profile, h.term
        FROM asked a CROSS JOIN LATERAL (
          (
            SELECT i.profile, i.value AS term FROM base.identifiers i
            WHERE i.kind <> 'anonymous' AND (lower(i.value) LIKE a.beginning OR lower(i.value) % a.word) LIMIT 500
          ) UNION ALL (
            SELECT p.id, p.external_id FROM base.profiles p
            WHERE lower(p.external_id) LIKE a.beginning OR lower(p.external_id) % a.word LIMIT 500
          ) UNION ALL (
            SELECT t.profile, t.value #>> '{}' FROM base.traits t
            WHERE t.name IN ('givenName', 'familyName', 'fullName', 'company')
              AND (lower(t.value #>> '{}') LIKE a.beginning OR lower(t.value #>> '{}') % a.word) LIMIT 500
          )
        ) h
      ), scored AS (
        SELECT m.customer, h.word, h.term, CASE
            WHEN lower(h.term) = h.word THEN 1
            WHEN starts_with(lower(h.term), h.word) THEN 0.9
            ELSE similarity(lower(h.term), h.word) * 0.8
          END AS score
        FROM hits h JOIN base.members m ON m.profile = h.profile
      ), best AS (
        SELECT customer, word, max(score) AS score FROM scored GROUP BY customer, word
      ), ranked AS (
        SELECT b.customer, round(greatest(
            COALESCE(sum(b.score) FILTER (WHERE b.word = ANY (\(words))), 0) / \(words.count),
            COALESCE(max(b.score) FILTER (WHERE b.word = \(whole)), 0))::numeric, 6)::float8 AS score
        FROM best b GROUP BY b.customer
      )
      SELECT r.customer, r.score, (
          SELECT (array_agg(s.term ORDER BY s.score DESC, s.term))[1:3]
          FROM (SELECT term, max(score) AS score FROM scored WHERE customer = r.customer GROUP BY term) s
        ) AS matches
      FROM ranked r
      WHERE \(after?.score)::float8 IS NULL OR r.score < \(after?.score)
        OR (r.score = \(after?.score) AND r.customer > \(after?.customer))
      ORDER BY r.score DESC, r.customer
      LIMIT \(limit)
      """)
  }
}
