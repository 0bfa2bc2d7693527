import FoundationEssentials
import Models
import Postgres

/// So many days up to a moment: what happened at its very beginning is outside.
private struct Window {
  let seconds: Int64
  let start: Timestamp

  init?(days: Int?, until now: Timestamp) {
    guard let days else { return nil }
    seconds = Int64(days) * 86_400
    start = now.adding(seconds: -seconds)
  }

  /// Whether a moment is inside, as a condition behind others.
  func condition(_ moment: SQL) -> SQL { " AND \(moment) > \(start)" }
  /// How long a fact stays inside.
  var interval: SQL { "\(Int(seconds)) * interval '1 second'" }
}

/// Rows of a clause that counts facts; `facts` are rows of (customer, at).
///
/// The count changes by time when the fact that is the last one to be needed slides out, or the first one too many.
private func counted(_ facts: SQL, atLeast: Int, atMost: Int?, _ window: Window?) -> SQL {
  let most: SQL = atMost.map { " AND f.count <= \($0)" } ?? ""
  guard let window else {
    return """
      SELECT f.customer, f.count >= \(atLeast)\(most) AS holds, NULL::timestamptz AS recheck_at, NULL::jsonb AS value,
        NULL::text AS source, NULL::uuid AS profile, f.at, f.count
      FROM (SELECT i.customer, count(*) AS count, max(i.at) AS at FROM (\(facts)) i GROUP BY i.customer) f
      """
  }
  let few: SQL = atLeast > 0 ? "f.times[\(atLeast)::int4]" : "NULL::timestamptz"
  let many: SQL = atMost.map { "f.times[\($0 + 1)::int4]" } ?? "NULL::timestamptz"
  return """
    SELECT f.customer, f.count >= \(atLeast)\(most) AS holds, least(\(few), \(many)) + \(window.interval) AS recheck_at,
      NULL::jsonb AS value, NULL::text AS source, NULL::uuid AS profile, f.times[1] AS at, f.count
    FROM (
      SELECT i.customer, count(*) AS count, array_agg(i.at ORDER BY i.at DESC) AS times
      FROM (\(facts)) i GROUP BY i.customer
    ) f
    """
}

extension PerformedClause {
  func leaf(_ path: String, _ now: Timestamp) -> SegmentLeaf {
    let window = Window(days: withinDays, until: now)
    let least = atLeast ?? (atMost == nil ? 1 : 0)
    let inside = window?.condition("e.occurred_at") ?? ""
    let properties = (`where` ?? [:]).sorted { $0.key < $1.key }.map { name, value in
      " AND e.body #> ARRAY['properties', \(name)] = \(value)" as SQL
    }
    return SegmentLeaf(
      path: path,
      rows: counted(
        """
        SELECT p.customer, e.occurred_at AS at
        FROM people p JOIN acquisition.events e ON e.profile = p.profile
        WHERE e.name = \(event)\(inside)\(properties.joined(separator: ""))
        """, atLeast: least, atMost: atMost, window),
      otherwise: least == 0, changesByTime: window != nil, reads: .events,
      candidates: least == 0
        ? nil
        : """
        SELECT m.customer FROM acquisition.events e JOIN base.members m ON m.profile = e.profile
        WHERE e.name = \(event)\(inside)
        """,
      scanReason: "who never did it is found by no index")
  }
}

extension OrderedClause {
  func leaf(_ path: String, _ now: Timestamp) -> SegmentLeaf {
    let window = Window(days: withinDays, until: now)
    let least = atLeast ?? (atMost == nil ? 1 : 0)
    let states = (status ?? [.placed, .fulfilled]).map(\.rawValue)
    let inside = window?.condition("o.ordered_at") ?? ""
    let lines = lines
    let withLines: SQL =
      lines.map {
        " AND EXISTS (SELECT FROM base.order_lines l WHERE l.profile = o.profile AND l.order_id = o.id AND \($0))"
      } ?? ""
    var leaf = SegmentLeaf(
      path: path,
      rows: counted(
        """
        SELECT p.customer, o.ordered_at AS at
        FROM people p JOIN base.orders o ON o.profile = p.profile
        WHERE o.status = ANY (\(states))\(inside)\(withLines)
        """, atLeast: least, atMost: atMost, window),
      otherwise: least == 0, changesByTime: window != nil, reads: category == nil ? .orders : [.orders, .products])
    switch (least, lines, window) {
    case (0, _, _): leaf.scanReason = "who ordered nothing is found by no index"
    case (_, let lines?, _):
      leaf.candidates =
        "SELECT m.customer FROM base.order_lines l JOIN base.members m ON m.profile = l.profile WHERE \(lines)"
    case (_, nil, _?):
      leaf.candidates =
        "SELECT m.customer FROM base.orders o JOIN base.members m ON m.profile = o.profile WHERE true\(inside)"
    case (_, nil, nil): leaf.scanReason = "without withinDays, sku or category every order is read"
    }
    return leaf
  }

  /// What lines the orders must have.
  private var lines: SQL? {
    let conditions: [SQL?] = [
      sku.map { "l.sku = \($0.text)" },
      category.map { "l.sku IN (SELECT g.sku FROM base.products g WHERE g.category = \($0))" },
    ]
    let given = conditions.compactMap(\.self)
    return given.isEmpty ? nil : given.joined(separator: " AND ")
  }
}

extension OrderTotalClause {
  func leaf(_ path: String, _ now: Timestamp) -> SegmentLeaf {
    let window = Window(days: withinDays, until: now)
    let inside = window?.condition("o.ordered_at") ?? ""
    let recheck: SQL = window.map { "f.earliest + \($0.interval)" } ?? "NULL::timestamptz"
    let tests: [SQL?] = [atLeast.map { "f.total >= \($0)" }, atMost.map { "f.total <= \($0)" }]
    let none = (atLeast.map { $0 <= Amount(0) } ?? true) && (atMost.map { $0 >= Amount(0) } ?? true)
    return SegmentLeaf(
      path: path,
      rows: """
        SELECT f.customer, \(tests.compactMap(\.self).joined(separator: " AND ")) AS holds, \(recheck) AS recheck_at,
          to_jsonb(base.amount(f.total, \(currency.text))) AS value, NULL::text AS source, NULL::uuid AS profile, f.at,
          f.count
        FROM (
          SELECT p.customer, sum(o.total) AS total, count(*) AS count, min(o.ordered_at) AS earliest,
            max(o.ordered_at) AS at
          FROM people p JOIN base.orders o ON o.profile = p.profile
          WHERE o.status IN ('placed', 'fulfilled') AND o.currency = \(currency.text)\(inside)
          GROUP BY p.customer
        ) f
        """,
      otherwise: none, changesByTime: window != nil, reads: .orders,
      candidates: none || window == nil
        ? nil
        : "SELECT m.customer FROM base.orders o JOIN base.members m ON m.profile = o.profile WHERE true\(inside)",
      scanReason: none
        ? "a sum that is 0 holds for who ordered nothing" : "without withinDays every order is read")
  }
}

extension ScoreClause {
  func leaf(_ path: String, _ now: Timestamp) -> SegmentLeaf {
    switch name {
    case .recency: return recency(path, now)
    case .frequency:
      return SegmentLeaf(
        path: path,
        rows: """
          SELECT f.customer, \(within("f.count")) AS holds, NULL::timestamptz AS recheck_at, to_jsonb(f.count) AS value,
            NULL::text AS source, NULL::uuid AS profile, f.at, f.count
          FROM (
            SELECT p.customer, count(*) AS count, max(o.ordered_at) AS at
            FROM people p JOIN base.orders o ON o.profile = p.profile
            WHERE o.status IN ('placed', 'fulfilled') GROUP BY p.customer
          ) f
          """,
        otherwise: false, reads: .orders, scanReason: "every order is counted")
    case .expectedPurchases: return lifetimeValue("v.expected_purchases", path, isIndexed: false)
    case .expectedValue: return lifetimeValue("v.expected_value", path, isIndexed: atLeast != nil)
    case .probabilityAlive: return lifetimeValue("v.probability_alive", path, isIndexed: atLeast != nil)
    }
  }

  private func within(_ figure: SQL) -> SQL {
    let tests: [SQL?] = [atLeast.map { "\(figure) >= \($0)" }, atMost.map { "\(figure) <= \($0)" }]
    return tests.compactMap(\.self).joined(separator: " AND ")
  }

  /// Days pass at midnight of UTC: it may change on the day that it comes to `atLeast`, and on the one after `atMost`.
  private func recency(_ path: String, _ now: Timestamp) -> SegmentLeaf {
    let turns = [atLeast.flatMap(wholeNumber), atMost.flatMap(wholeNumber).map { $0 + 1 }].compactMap(\.self)
    let moments = turns.map { days in
      """
      CASE WHEN (f.day + \(days)::int4)::timestamp AT TIME ZONE 'UTC' > \(now)
        THEN (f.day + \(days)::int4)::timestamp AT TIME ZONE 'UTC' END
      """ as SQL
    }
    var leaf = SegmentLeaf(
      path: path,
      rows: """
        SELECT f.customer, \(within("(\(now.day) - f.day)")) AS holds, least(\(moments.joined(separator: ", "))) AS recheck_at,
          to_jsonb(\(now.day) - f.day) AS value, NULL::text AS source, NULL::uuid AS profile, f.at, NULL::int8 AS count
        FROM (
          SELECT p.customer, max(o.ordered_at) AS at, (max(o.ordered_at) AT TIME ZONE 'UTC')::date AS day
          FROM people p JOIN base.orders o ON o.profile = p.profile
          WHERE o.status IN ('placed', 'fulfilled') GROUP BY p.customer
        ) f
        """,
      otherwise: false, changesByTime: true, reads: .orders, scanReason: "without atMost every order is read")
    if let most = atMost.flatMap(wholeNumber) {
      leaf.candidates =
        """
        SELECT m.customer FROM base.orders o JOIN base.members m ON m.profile = o.profile
        WHERE o.ordered_at >= \(now.day.adding(days: -most).start)
        """
    }
    return leaf
  }

  private func lifetimeValue(_ figure: SQL, _ path: String, isIndexed: Bool) -> SegmentLeaf {
    let bounds: [SQL?] = [
      atLeast.map { "\(figure) >= \($0)::float8" }, atMost.map { "\(figure) <= \($0)::float8" },
    ]
    let holds = bounds.compactMap(\.self).joined(separator: " AND ")
    return SegmentLeaf(
      path: path,
      rows: """
        SELECT v.customer, \(holds) AS holds, NULL::timestamptz AS recheck_at, to_jsonb(\(figure)) AS value,
          NULL::text AS source, NULL::uuid AS profile, NULL::timestamptz AS at, NULL::int8 AS count
        FROM retention.lifetime_values v
        WHERE v.source = '' AND v.customer IN (SELECT p.customer FROM people p)
        """,
      otherwise: false, reads: .lifetimeValues,
      candidates: isIndexed
        ? "SELECT v.customer FROM retention.lifetime_values v WHERE v.source = '' AND \(holds)" : nil,
      scanReason: "this figure has no index")
  }
}
