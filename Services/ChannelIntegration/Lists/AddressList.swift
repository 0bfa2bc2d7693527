import CustomerBase
import Models
import Postgres

/// What can be wrong with an entry of an e-mail list.
enum AddressProblem: String, Codable, CaseIterable, Sendable {
  /// What was told as an address is none.
  case syntax
  /// Many people may stand behind it, as `info@`.
  case role
  /// It is of a provider of addresses that last for minutes.
  case disposable
  /// An earlier profile of the list carries it too.
  case duplicate
  /// Its customer has done nothing for a long time: no event, no order, no consent, and is not new.
  case dormant
  /// It did not take a message: once for good, or three times for a while.
  case bounced
  /// Its customer has taken back the consent to marketing by e-mail.
  case withdrawn
}

/// The addresses that the profiles of a source carry, or of all sources, each with what is wrong with it.
struct AddressList {
  static let dormantDays = 365

  var source: SourceName?
  var dormantDays: Int?
  let now: Timestamp

  /// The common table expression `judged (email, profile, customer, problems)`: an entry for each address of each profile.
  var judged: SQL {
    let since = now.adding(seconds: -86_400 * Int64(dormantDays ?? Self.dormantDays))
    return """
      listed AS (
        SELECT i.value AS email, i.profile, m.customer, p.created_at, true AS is_address
        FROM base.identifiers i
        JOIN base.profiles p ON p.id = i.profile
        JOIN base.members m ON m.profile = i.profile
        WHERE i.kind = 'email' AND i.retired_at IS NULL
          AND (\(source?.text)::text IS NULL OR p.source = \(source?.text))
        UNION ALL
        -- What a source told as an address and is none is kept as a trait.
        SELECT t.value #>> '{}', t.profile, m.customer, p.created_at, false
        FROM base.traits t
        JOIN base.profiles p ON p.id = t.profile
        JOIN base.members m ON m.profile = t.profile
        WHERE t.name = 'email' AND jsonb_typeof(t.value) = 'string'
          AND (\(source?.text)::text IS NULL OR p.source = \(source?.text))
          AND t.value #>> '{}' !~ '^\\s*[^@\\s]+@([^@\\s.]+[.])+[^@\\s.]+\\s*$'
      ), active AS (
        SELECT DISTINCT m.customer
        FROM (
          SELECT o.profile FROM base.orders o WHERE o.ordered_at >= \(since)
          UNION ALL
          SELECT c.profile FROM base.consents c WHERE c.recorded_at >= \(since)
          UNION ALL
          SELECT e.profile FROM acquisition.events e WHERE e.received_at >= \(since)
        ) a JOIN base.members m ON m.profile = a.profile
      ), decided AS (
        SELECT DISTINCT ON (m.customer) m.customer, c.state
        FROM base.consents c JOIN base.members m ON m.profile = c.profile
        WHERE c.purpose = 'marketing' AND (c.channel IS NULL OR c.channel = 'email')
        ORDER BY m.customer, c.recorded_at DESC, c.state DESC
      ), bounced AS (
        SELECT b.email FROM channel_integration.bounces b
        GROUP BY b.email
        HAVING bool_or(b.kind = 'hard') OR count(DISTINCT b.at) >= 3
      ), judged AS (
        SELECT l.email, l.profile, l.customer, array_remove(ARRAY[
            CASE WHEN NOT l.is_address THEN 'syntax' END,
            CASE WHEN l.is_address
              AND split_part(split_part(l.email, '@', 1), '+', 1) = ANY (\(EmailAddress.roles.map(String.init)))
              THEN 'role' END,
            CASE WHEN d.domain IS NOT NULL THEN 'disposable' END,
            CASE WHEN l.is_address AND row_number() OVER (PARTITION BY l.email, l.is_address ORDER BY l.profile) > 1
              THEN 'duplicate' END,
            CASE WHEN a.customer IS NULL AND l.created_at < \(since) THEN 'dormant' END,
            CASE WHEN b.email IS NOT NULL THEN 'bounced' END,
            CASE WHEN w.state = 'withdrawn' THEN 'withdrawn' END
          ], NULL) AS problems
        FROM listed l
        LEFT JOIN channel_integration.disposable_domains d ON l.is_address AND d.domain = split_part(l.email, '@', 2)
        LEFT JOIN active a ON a.customer = l.customer
        LEFT JOIN bounced b ON b.email = l.email
        LEFT JOIN decided w ON w.customer = l.customer
      )
      """
  }
}
