import FoundationEssentials
import Models
import Postgres

/// A clause that facts decide, as a part of a statement.
struct SegmentLeaf: Sendable {
  /// Where the clause stands in the rule, as `/all/1/performed`.
  var path: String
  /// Rows of (customer, holds, recheck_at, value, source, profile, at, count), one for a customer with facts of the clause,
  /// over the statement's `people` (customer, profile, source).
  var rows: SQL
  /// Whether the clause holds for whom there are no facts.
  var otherwise: Bool
  /// Whether time alone may change it.
  var changesByTime = false
  /// What it reads.
  var reads: SegmentFacts
  /// Everybody for whom it may hold, by an index; nil where there is none.
  var candidates: SQL?
  /// Why there are no candidates.
  var scanReason = ""
}

extension TraitClause {
  func leaf(_ path: String) -> SegmentLeaf {
    if let exists {
      return SegmentLeaf(
        path: path, rows: rows(exists ? "true" : "false"), otherwise: !exists, reads: .profiles,
        scanReason: "whether a trait exists is looked up for every customer")
    }
    let text: SQL = "t.value #>> '{}'"
    // The order of a CASE is the order of its evaluation: nothing is cast that is no number.
    let number: SQL =
      "CASE WHEN \(text) ~ '^-?[0-9]{1,30}([.][0-9]{1,30})?$' THEN (\(text))::numeric END"
    let day: SQL =
      #"CASE WHEN left(\#(text), 10) ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' THEN left(\#(text), 10) COLLATE "C" END"#
    let tests: [SQL?] = [
      `is`.map { "t.value = \($0)" }, `in`.map { "t.value = ANY (\($0))" },
      startsWith.map { "jsonb_typeof(t.value) = 'string' AND starts_with(\(text), \($0))" },
      atLeast.map { "\(number) >= \($0)" }, atMost.map { "\(number) <= \($0)" },
      before.map { "\(day) < \($0.description)" }, after.map { "\(day) > \($0.description)" },
    ]
    let holds = tests.compactMap { $0.map { "COALESCE(\($0), false)" as SQL } }.joined(separator: " AND ")
    var leaf = SegmentLeaf(
      path: path, rows: rows(holds), otherwise: false, reads: .profiles,
      scanReason: "only is and in have an index of a trait's values")
    if let values = `is`.map({ [$0] }) ?? `in` {
      let hashes = values.map { "jsonb_hash_extended(\($0), 0)" as SQL }.joined(separator: ", ")
      leaf.candidates =
        """
        SELECT m.customer FROM base.traits t JOIN base.members m ON m.profile = t.profile
        WHERE t.name = \(name) AND jsonb_hash_extended(t.value, 0) IN (\(hashes)) AND t.value = ANY (\(values))
        """
    }
    return leaf
  }

  private func rows(_ holds: SQL) -> SQL {
    """
    SELECT t.customer, \(holds) AS holds, NULL::timestamptz AS recheck_at, t.value, t.source, t.profile, t.at,
      NULL::int8 AS count
    FROM (\(currentTrait(name))) t
    """
  }
}

/// The one value of a trait that counts for each of `people`: (customer, value, source, profile, at), by the precedence of
/// `customers.get`, as `base.current_traits` has it too.
func currentTrait(_ name: String) -> SQL {
  """
  SELECT DISTINCT ON (p.customer) p.customer, r.value, p.source, r.profile, r.at
  FROM people p
  JOIN base.traits r ON r.profile = p.profile
  LEFT JOIN base.trait_policies s ON s.trait = r.name
  WHERE r.name = \(name)
  ORDER BY p.customer,
    CASE WHEN s.trait IS NULL THEN 0 ELSE base.trait_rank(s.rule, s.sources, p.source, p.customer, r.name, r.value) END
      DESC,
    r.at DESC, r.profile
  """
}

extension ConsentClause {
  func leaf(_ path: String) -> SegmentLeaf {
    SegmentLeaf(
      path: path,
      rows: """
        SELECT DISTINCT ON (p.customer) p.customer, r.state = \(state.rawValue) AS holds, NULL::timestamptz AS recheck_at,
          to_jsonb(r.state) AS value, p.source, r.profile, r.recorded_at AS at, NULL::int8 AS count
        FROM people p JOIN base.consents r ON r.profile = p.profile
        WHERE r.purpose = \(purpose) AND (r.channel IS NULL OR r.channel = \(channel?.text))
        ORDER BY p.customer, r.recorded_at DESC, r.state DESC, r.id
        """,
      otherwise: state == .unrecorded, reads: .consents, scanReason: "consent is looked up for every customer")
  }
}

extension CarriesClause {
  func leaf(_ path: String) -> SegmentLeaf {
    let proof: SQL = verified == true ? "i.verified" : "true"
    return SegmentLeaf(
      path: path,
      rows: """
        SELECT DISTINCT ON (p.customer) p.customer, true AS holds, NULL::timestamptz AS recheck_at,
          to_jsonb(i.value) AS value, p.source, i.profile, i.at, NULL::int8 AS count
        FROM people p JOIN base.identifiers i ON i.profile = p.profile
        WHERE i.kind = \(kind.rawValue) AND i.retired_at IS NULL AND \(proof)
        ORDER BY p.customer, i.verified DESC, i.profile, i.value
        """,
      otherwise: false, reads: .profiles,
      candidates: """
        SELECT m.customer FROM base.identifiers i JOIN base.members m ON m.profile = i.profile
        WHERE i.kind = \(kind.rawValue) AND i.retired_at IS NULL
        """)
  }
}

extension SourceName {
  func leaf(_ path: String) -> SegmentLeaf {
    SegmentLeaf(
      path: path,
      rows: """
        SELECT DISTINCT ON (p.customer) p.customer, true AS holds, NULL::timestamptz AS recheck_at, NULL::jsonb AS value,
          p.source, p.profile, NULL::timestamptz AS at, NULL::int8 AS count
        FROM people p WHERE p.source = \(text)
        ORDER BY p.customer, p.profile
        """,
      otherwise: false, reads: .profiles,
      candidates: """
        SELECT m.customer FROM base.profile_keys k JOIN base.members m ON m.profile = k.profile
        WHERE k.source = \(text)
        """)
  }
}
