import CustomerBase
import Models
import Postgres

/// Whose knowledge a fact is.
enum FactClass: Sendable {
  /// Knowledge of customers: what was recorded and learnt.
  case of
  /// Knowledge for customers: what they need to know.
  case `for`
  /// Knowledge by customers: what they say.
  case by
}

/// What kind of fact something is.
enum FactKind: String, Codable, CaseIterable, Sendable {
  /// A record of the customer in a source.
  case record
  /// What a source says of the customer.
  case trait
  /// What the customer is recognised by.
  case identifier
  /// Why two records are held to be one customer.
  case link
  /// What the customer ordered.
  case order
  /// What the customer did on a website or in an application.
  case event
  /// What the customer is expected to buy within a year.
  case lifetimeValue
  /// Points that the customer earned or spent.
  case points
  /// A group that the customer is in by a rule.
  case segment
  /// That an address did not take a message.
  case bounce
  /// What the customer's data are used for.
  case purpose
  /// A product that the customer bought.
  case product
  /// What the customer says of themselves.
  case ownTrait
  /// What the customer agreed to, or took back.
  case consent
}

/// The customer whose facts are asked for.
struct FactOwner: Sendable {
  var customer: ID<Customer>
  var profiles: [ID<Profile>]
  var locale: LocaleTag?
}

/// The facts of one kind: the table they are stored in, whose knowledge they are, and how they are told.
///
/// This list is the one place that says of every fact whether it is of, for or by the customer; a test finds a table that
/// holds something of a customer and is neither here nor in `bookkeeping`.
struct StoredFacts: Sendable {
  let kind: FactKind
  let factClass: FactClass
  let table: String
  var correctBy: String?
  /// SQL of the facts: `name`, `value`, `source`, `purpose`, `at`, and `key`, which tells facts of one moment apart.
  let rows: @Sendable (FactOwner) -> SQL

  /// The latest facts, and how many there are.
  func statement(of owner: FactOwner, limit: Int) -> SQL {
    """
    SELECT f.name, f.value, f.source, f.purpose, f.at, (SELECT count(*) FROM (\(rows(owner))) c) AS total
    FROM (\(rows(owner))) f
    ORDER BY f.at DESC NULLS LAST, f.key LIMIT \(limit)
    """
  }

  /// Tables that hold no facts of their own about anybody.
  static let bookkeeping = [
    "base.answers": "answers of calls, kept for a day", "base.customers": "the name of a group of records",
    "base.jobs": "work of the suite", "base.journal": "changes of the facts that are here",
    "base.match_candidates": "guesses that are of two people",
    "base.match_decisions": "decisions that are of two people",
    "base.match_keys": "hashes of traits and identifiers", "base.members": "which records are one group",
    "base.order_keys": "an index of orders", "base.order_lines": "a part of orders",
    "base.profile_keys": "an index of records", "base.segment_rechecks": "when segments look again",
    "channel_integration.archives": "copies of the facts, for a week",
    "retention.point_entries": "what movements of points belong together",
    "retention.point_lots": "sums of movements of points",
  ]

  static let all: [StoredFacts] = ofCustomers + forCustomers + byCustomers

  private static let byCustomers = [
    StoredFacts(kind: .ownTrait, factClass: .by, table: "base.traits", correctBy: UpdateOwnTraits.name) { owner in
      traits(of: owner, "p.source = \(CustomerBase.own)")
    },
    StoredFacts(kind: .consent, factClass: .by, table: "base.consents", correctBy: RecordOwnConsent.name) { owner in
      """
      SELECT c.purpose AS name, jsonb_strip_nulls(jsonb_build_object(
          'state', c.state, 'channel', c.channel, 'basis', c.basis, 'textVersion', c.text_version,
          'evidence', c.evidence)) AS value,
        p.source, c.purpose, c.recorded_at AS at, c.id::text AS key
      FROM base.consents c JOIN base.profiles p ON p.id = c.profile WHERE c.profile = ANY (\(owner.profiles))
      """
    },
  ]

  private static let forCustomers = [
    StoredFacts(kind: .purpose, factClass: .for, table: "base.purpose_texts") { owner in
      """
      SELECT p.key AS name, jsonb_build_object(
          'text', \(CustomerBase.text("t.texts", for: owner.locale)), 'textVersion', t.version, 'basis', p.basis) AS value,
        'purposes' AS source, p.key AS purpose, t.saved_at AS at, p.key
      FROM base.purposes p JOIN base.purpose_texts t ON t.purpose = p.key AND t.version = p.text_version
      """
    },
    StoredFacts(kind: .product, factClass: .for, table: "base.products") { owner in
      """
      SELECT p.sku AS name, jsonb_strip_nulls(jsonb_build_object(
          'name', p.name, 'category', p.category, 'attributes', p.attributes,
          'price', CASE WHEN p.price IS NOT NULL THEN
            jsonb_build_object('amount', base.amount(p.price, p.currency), 'currency', p.currency) END)) AS value,
        'products' AS source, 'service' AS purpose, p.at, p.sku AS key
      FROM base.products p
      WHERE p.sku IN (SELECT l.sku FROM base.order_lines l WHERE l.profile = ANY (\(owner.profiles)))
      """
    },
  ]

  private static let ofCustomers = [
    StoredFacts(kind: .segment, factClass: .of, table: "base.segment_members") { owner in
      """
      SELECT s.segment AS name, to_jsonb(true) AS value, 'segments' AS source, 'profiling' AS purpose, s.since AS at,
        s.segment AS key
      FROM base.segment_members s WHERE s.customer = \(owner.customer)
        AND \(CustomerBase.serves(.profiling, "s.customer"))
      """
    },
    StoredFacts(kind: .bounce, factClass: .of, table: "channel_integration.bounces") { owner in
      """
      SELECT b.email AS name, to_jsonb(b.kind) AS value, 'lists' AS source, 'service' AS purpose, b.at,
        b.email || b.profile AS key
      FROM channel_integration.bounces b WHERE b.profile = ANY (\(owner.profiles))
      """
    },
    StoredFacts(kind: .record, factClass: .of, table: "base.profiles") { owner in
      """
      SELECT p.external_id AS name, jsonb_build_object('profile', p.id, 'externalId', p.external_id) AS value, p.source,
        'service' AS purpose, p.created_at AS at, p.id::text AS key
      FROM base.profiles p WHERE p.id = ANY (\(owner.profiles))
      """
    },
    StoredFacts(kind: .trait, factClass: .of, table: "base.traits", correctBy: UpdateOwnTraits.name) { owner in
      traits(of: owner, "p.source <> \(CustomerBase.own)")
    },
    StoredFacts(kind: .identifier, factClass: .of, table: "base.identifiers") { owner in
      """
      SELECT i.kind AS name, jsonb_build_object('value', i.value, 'verified', i.verified) AS value, p.source,
        'service' AS purpose, i.at, i.kind || ':' || i.value || i.profile AS key
      FROM base.identifiers i JOIN base.profiles p ON p.id = i.profile WHERE i.profile = ANY (\(owner.profiles))
      """
    },
    StoredFacts(kind: .link, factClass: .of, table: "base.links") { owner in
      """
      SELECT l.evidence AS name, jsonb_build_object('a', l.a, 'b', l.b, 'evidence', l.evidence) AS value,
        'identities' AS source, 'service' AS purpose, l.created_at AS at, l.id::text AS key
      FROM base.links l WHERE l.a = ANY (\(owner.profiles)) AND l.removed_at IS NULL
      """
    },
    StoredFacts(kind: .order, factClass: .of, table: "base.orders") { owner in
      """
      SELECT o.status AS name, jsonb_build_object(
          'order', o.id, 'externalId', o.external_id,
          'total', jsonb_build_object('amount', base.amount(o.total, o.currency), 'currency', o.currency),
          'lines', (
            SELECT COALESCE(jsonb_agg(jsonb_build_object('sku', l.sku, 'quantity', l.quantity::text,
              'unitPrice', base.amount(l.unit_price, o.currency)) ORDER BY l.position), '[]')
            FROM base.order_lines l WHERE l.profile = o.profile AND l.order_id = o.id)) AS value,
        o.source, 'service' AS purpose, o.ordered_at AS at, o.id::text AS key
      FROM base.orders o WHERE o.profile = ANY (\(owner.profiles))
      """
    },
    StoredFacts(kind: .event, factClass: .of, table: "acquisition.events") { owner in
      """
      SELECT e.name, e.body AS value, 'acquisition' AS source, 'profiling' AS purpose, e.occurred_at AS at,
        e.id::text AS key
      FROM acquisition.events e WHERE e.profile = ANY (\(owner.profiles))
      """
    },
    StoredFacts(kind: .lifetimeValue, factClass: .of, table: "retention.lifetime_values") { owner in
      """
      SELECT NULLIF(v.source, '') AS name, jsonb_build_object('expectedPurchases', v.expected_purchases,
          'expectedValue', v.expected_value, 'probabilityAlive', v.probability_alive, 'currency', m.currency) AS value,
        'retention' AS source, 'profiling' AS purpose, m.fitted_at AS at, v.source AS key
      FROM retention.lifetime_values v JOIN retention.lifetime_models m ON m.source = v.source
      WHERE v.customer = \(owner.customer) AND \(CustomerBase.serves(.profiling, "v.customer"))
      """
    },
    StoredFacts(kind: .points, factClass: .of, table: "retention.point_movements") { owner in
      """
      SELECT e.kind AS name, jsonb_strip_nulls(jsonb_build_object(
          'entry', v.entry, 'lot', v.lot, 'points', v.points, 'reference', e.reference,
          'activeAt', base.rfc3339(l.active_at), 'expiresAt', base.rfc3339(l.expires_at))) AS value,
        'retention' AS source, 'service' AS purpose, v.at, v.entry::text || v.lot AS key
      FROM retention.point_movements v
      JOIN retention.point_entries e ON e.id = v.entry JOIN retention.point_lots l ON l.id = v.lot
      WHERE v.profile = ANY (\(owner.profiles))
      """
    },
  ]

  private static func traits(of owner: FactOwner, _ source: SQL) -> SQL {
    """
    SELECT t.name, t.value, p.source, 'service' AS purpose, t.at, t.name || t.profile AS key
    FROM base.traits t JOIN base.profiles p ON p.id = t.profile
    WHERE t.profile = ANY (\(owner.profiles)) AND \(source)
    """
  }
}
