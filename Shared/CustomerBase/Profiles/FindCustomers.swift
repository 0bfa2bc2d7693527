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
      SELECT a.place, c.customer
      FROM unnest(\(each: kind.rawValue), \(each: value)) WITH ORDINALITY AS a (kind, value, place)
      CROSS JOIN LATERAL (
        SELECT m.customer
        FROM base.identifiers i JOIN base.members m ON m.profile = i.profile
        WHERE i.kind = a.kind AND i.value = a.value AND i.retired_at IS NULL
        ORDER BY i.verified DESC, i.profile LIMIT 1
      ) c
      ORDER BY a.place
      """)
  }

  /// Customers whose names or identifiers begin with the words or are like them, or whose external ids begin with them,
  /// best first.
  ///
  /// A word counts 1 where it is the whole, 0.9 where it is the beginning, otherwise 0.8 of its trigram similarity; of
  /// an address the part before the `@` alone is compared for likeness, and external ids are not: the one that is like
  /// another is somebody else's. Each index is asked for 200 values at most: of
  /// those that begin with the word the first ones, so that what is equal is always found.
  public func search(_ words: [String], after: FoundPosition?, limit: Int) async throws -> [FoundCustomer] {
    let whole = words.joined(separator: " ")
    let terms = words.count > 1 ? words + [whole] : words
    return try await database.all(
      """
      WITH asked AS (
        SELECT a.word, a.word || chr(1114111) AS beyond, split_part(a.word, '@', 1) AS mailbox
        FROM unnest(\(terms)) AS a (word)
      ), hits AS (
        SELECT a.word, h.profile, h.term, h.score
        FROM asked a CROSS JOIN LATERAL (
          (
            SELECT i.profile, i.value AS term, CASE lower(i.value) WHEN a.word THEN 1 ELSE 0.9 END AS score
            FROM base.identifiers i
            WHERE i.kind <> 'anonymous'
              AND lower(i.value) COLLATE "C" >= a.word AND lower(i.value) COLLATE "C" < a.beyond
            ORDER BY lower(i.value) COLLATE "C" LIMIT 200
          ) UNION ALL (
            SELECT i.profile, i.value, similarity(split_part(lower(i.value), '@', 1), a.mailbox) * 0.8
            FROM base.identifiers i
            WHERE i.kind <> 'anonymous' AND split_part(lower(i.value), '@', 1) % a.mailbox LIMIT 200
          ) UNION ALL (
            SELECT p.id, p.external_id, CASE lower(p.external_id) WHEN a.word THEN 1 ELSE 0.9 END
            FROM base.profiles p
            WHERE lower(p.external_id) COLLATE "C" >= a.word AND lower(p.external_id) COLLATE "C" < a.beyond
            ORDER BY lower(p.external_id) COLLATE "C" LIMIT 200
          ) UNION ALL (
            SELECT t.profile, t.value #>> '{}', CASE lower(t.value #>> '{}') WHEN a.word THEN 1 ELSE 0.9 END
            FROM base.traits t
            WHERE t.name IN ('givenName', 'familyName', 'fullName', 'company')
              AND left(lower(t.value #>> '{}'), 200) COLLATE "C" >= a.word
              AND left(lower(t.value #>> '{}'), 200) COLLATE "C" < a.beyond
            ORDER BY left(lower(t.value #>> '{}'), 200) COLLATE "C" LIMIT 200
          ) UNION ALL (
            SELECT t.profile, t.value #>> '{}', similarity(lower(t.value #>> '{}'), a.word) * 0.8
            FROM base.traits t
            WHERE t.name IN ('givenName', 'familyName', 'fullName', 'company')
              AND lower(t.value #>> '{}') % a.word LIMIT 200
          )
        ) h
      ), scored AS (
        -- A few look-ups each time, where a join would read the whole table.
        SELECT (SELECT m.customer FROM base.members m WHERE m.profile = h.profile) AS customer, h.word, h.term, h.score
        FROM hits h
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
