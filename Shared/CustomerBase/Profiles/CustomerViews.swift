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
  public func view(of id: ID<Customer>) async throws -> RawJSON? {
    try await database.first(
      """
      WITH who AS MATERIALIZED (
        SELECT p.id, p.source, p.external_id, p.created_at, m.customer
        FROM base.members m JOIN base.profiles p ON p.id = m.profile
        WHERE m.customer = (SELECT n.customer FROM base.members n WHERE n.profile = \(id))
      )
      SELECT json_build_object(
        'customer', (SELECT w.customer FROM who w LIMIT 1),
        'profiles', (
          SELECT json_agg(json_build_object(
            'profile', w.id, 'source', w.source, 'externalId', w.external_id, 'createdAt', \(rfc3339("w.created_at"))
          ) ORDER BY w.id) FROM who w
        ),
        'identifiers', COALESCE((
          SELECT json_agg(json_build_object(
            'kind', i.kind, 'value', i.value, 'verified', i.verified, 'profile', i.profile, 'source', w.source,
            'at', \(rfc3339("i.at"))
          ) ORDER BY i.kind, i.value, i.profile)
          FROM who w JOIN base.identifiers i ON i.profile = w.id WHERE i.retired_at IS NULL
        ), '[]'),
        'traits', COALESCE((
          SELECT json_agg(json_build_object(
            'name', t.name, 'value', t.value, 'current', t.place = 1, 'profile', t.profile, 'source', t.source,
            'at', \(rfc3339("t.at"))
          ) ORDER BY t.name, t.place)
          FROM (
            SELECT r.name, r.value, r.profile, w.source, r.at,
              row_number() OVER (PARTITION BY r.name ORDER BY r.at DESC, r.profile) AS place
            FROM who w JOIN base.traits r ON r.profile = w.id
          ) t
        ), '[]'),
        'consents', COALESCE((
          SELECT json_agg(json_strip_nulls(json_build_object(
            'purpose', c.purpose, 'channel', c.channel, 'state', c.state, 'basis', c.basis,
            'recordedAt', \(rfc3339("c.recorded_at"))
          )) ORDER BY c.purpose, c.channel NULLS FIRST)
          FROM (
            SELECT DISTINCT ON (r.purpose, r.channel) r.purpose, r.channel, r.state, r.basis, r.recorded_at
            FROM who w JOIN base.consents r ON r.profile = w.id
            ORDER BY r.purpose, r.channel, r.recorded_at DESC, r.state DESC, r.id
          ) c
        ), '[]'),
        'orderTotals', COALESCE((
          SELECT json_agg(json_build_object(
            'currency', o.currency, 'orders', o.orders,
            'revenue', json_build_object('amount', base.amount(o.revenue, o.currency), 'currency', o.currency),
            'firstOrderedAt', \(rfc3339("o.first_ordered_at")), 'lastOrderedAt', \(rfc3339("o.last_ordered_at"))
          ) ORDER BY o.currency)
          FROM (
            SELECT r.currency, count(*) AS orders, sum(r.total) AS revenue, min(r.ordered_at) AS first_ordered_at,
              max(r.ordered_at) AS last_ordered_at
            FROM who w JOIN base.orders r ON r.profile = w.id
            WHERE r.status IN ('placed', 'fulfilled')
            GROUP BY r.currency
          ) o
        ), '[]')
      )
      WHERE EXISTS (SELECT FROM who)
      """)
  }
}

/// SQL that writes a timestamptz column as the wire does, whole seconds without a fraction.
public func rfc3339(_ column: StaticString) -> SQL {
  "base.rfc3339(\(SQL(trusted: column)))"
}
