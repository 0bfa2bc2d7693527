import Models
import Postgres

extension CustomerBase {
  /// The customer that a profile belongs to.
  ///
  /// - Throws: `notFound` when no profile has the id.
  public func customer(of id: ID<Customer>) async throws -> ID<Customer> {
    let customer: ID<Customer>? = try await database.first(
      "SELECT customer FROM base.members WHERE profile = \(id)")
    guard let customer else { throw Failure.notFound.about("customer") }
    return customer
  }

  /// The profiles of the customer that any of its profiles' ids names, earliest first; empty when there is none.
  public func profiles(of id: ID<Customer>) async throws -> [ID<Profile>] {
    try await database.all(
      """
      SELECT m.profile FROM base.members m
      WHERE m.customer = (SELECT n.customer FROM base.members n WHERE n.profile = \(id))
      ORDER BY m.profile
      """)
  }

  /// The single view of a customer as JSON of `CustomerView`, in one statement; nil when no profile has the id.
  ///
  /// The statement tells the facts one a row, in the order of their lists, and the lists are put together here: a plan
  /// that makes them costs PostgreSQL more to set up than the facts of most customers cost to find.
  public func view(of id: ID<Customer>) async throws -> RawJSON? {
    let rows = try await database.rows(
      """
      WITH who AS MATERIALIZED (
        SELECT a.place AS asked, p.id, p.source, p.external_id, p.created_at, m.customer
        FROM unnest(\(each: id)) WITH ORDINALITY AS a (profile, place)
        JOIN base.members n ON n.profile = a.profile
        JOIN base.members m ON m.customer = n.customer
        JOIN base.profiles p ON p.id = m.profile
      )
      SELECT f.asked, f.part, f.name, f.variant, f.fact FROM (
        SELECT w.asked, 'profiles' AS part, w.customer::text AS name, NULL AS variant, 0 AS rank, NULL::timestamptz AS moment, NULL AS state,
          w.id AS place,
          json_build_object(
            'profile', w.id, 'source', w.source, 'externalId', w.external_id, 'createdAt', \(rfc3339("w.created_at"))
          ) AS fact
        FROM who w
        UNION ALL
        SELECT w.asked, 'identifiers', i.kind, i.value, 0, NULL, NULL, i.profile,
          json_build_object(
            'kind', i.kind, 'value', i.value, 'verified', i.verified, 'profile', i.profile, 'source', w.source,
            'at', \(rfc3339("i.at"))
          )
        FROM who w JOIN base.identifiers i ON i.profile = w.id WHERE i.retired_at IS NULL
        UNION ALL
        SELECT w.asked, 'traits', r.name, NULL, CASE WHEN s.trait IS NULL THEN 0 ELSE
            base.trait_rank(s.rule, s.sources, w.source, w.customer, r.name, r.value) END, r.at, NULL, r.profile,
          json_build_object(
            'name', r.name, 'value', r.value, 'profile', r.profile, 'source', w.source, 'at', \(rfc3339("r.at"))
          )
        FROM who w JOIN base.traits r ON r.profile = w.id LEFT JOIN base.trait_policies s ON s.trait = r.name
        UNION ALL
        SELECT w.asked, 'consents', c.purpose, c.channel, 0, c.recorded_at, c.state, c.id,
          json_strip_nulls(json_build_object(
            'purpose', c.purpose, 'channel', c.channel, 'state', c.state, 'basis', c.basis,
            'recordedAt', \(rfc3339("c.recorded_at"))
          ))
        FROM who w JOIN base.consents c ON c.profile = w.id
        UNION ALL
        SELECT w.asked, 'orderTotals', o.currency, NULL, 0, NULL, NULL, NULL,
          json_build_object(
            'currency', o.currency, 'orders', count(*),
            'revenue', json_build_object('amount', base.amount(sum(o.total), o.currency), 'currency', o.currency),
            'firstOrderedAt', \(rfc3339("min(o.ordered_at)")), 'lastOrderedAt', \(rfc3339("max(o.ordered_at)"))
          )
        FROM who w JOIN base.orders o ON o.profile = w.id
        WHERE o.status IN ('placed', 'fulfilled')
        GROUP BY w.asked, o.currency
      ) f
      ORDER BY f.asked, f.part, f.name COLLATE "C", f.variant COLLATE "C" NULLS FIRST, f.rank DESC, f.moment DESC,
        f.state DESC, f.place
      """)
    return try ViewParts(rows).json
  }
}

/// The facts of a customer by the lists of `CustomerView`, each in its order.
private struct ViewParts {
  private var customer: String?
  private var lists: [String: [UInt8]] = [:]

  init(_ rows: [Row]) throws {
    var last: (part: String, name: String, variant: String?)?
    for row in rows {
      let (part, name, variant, fact) = try row.decode(String.self, String.self, String?.self, RawJSON.self)
      let isFirst = last.map { $0 != (part, name, variant) } ?? true
      last = (part, name, variant)
      switch part {
      case "profiles": customer = name
      // The first of a purpose and channel is the one that decides.
      case "consents" where !isFirst: continue
      default: break
      }
      lists[part, default: []] += lists[part] == nil ? [] : Array(",".utf8)
      // Of the values of a trait the first one holds.
      lists[part, default: []] += part == "traits" ? Self.trait(fact, isCurrent: isFirst) : fact.utf8
    }
  }

  /// Nil without a profile.
  var json: RawJSON? {
    guard let customer else { return nil }
    var json = Array(#"{"customer":"\#(customer)""#.utf8)
    for part in ["profiles", "identifiers", "traits", "consents", "orderTotals"] {
      json += Array(#","\#(part)":["#.utf8)
      json += lists[part] ?? []
      json.append(UInt8(ascii: "]"))
    }
    json.append(UInt8(ascii: "}"))
    return RawJSON(wellFormed: json)
  }

  private static func trait(_ fact: RawJSON, isCurrent: Bool) -> [UInt8] {
    Array(#"{"current":\#(isCurrent),"#.utf8) + fact.utf8.dropFirst()
  }
}

/// SQL that writes a timestamptz column as the wire does, whole seconds without a fraction.
public func rfc3339(_ column: StaticString) -> SQL {
  "base.rfc3339(\(SQL(trusted: column)))"
}
