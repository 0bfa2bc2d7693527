import Models
import Postgres

/// A step of the sweep over all customers.
public enum SweepStep: Sendable {
  /// Nothing is due, or somebody else is at it.
  case rest
  /// Some customers were looked at, and all have been heard of.
  case onward
  /// The profiles of a customer of whom nothing has been heard for as long as the rule says.
  case inactive([ID<Profile>])
}

extension CustomerBase {
  /// Customers that a step looks at.
  private static let sweepPart = 500
  /// Time between two sweeps, in seconds: a rule counts days.
  private static let sweepSeconds: Int64 = 86_400

  /// Looks at the next customers in the order of their ids, up to the first who is inactive.
  ///
  /// - Parameter elsewhere: Whether another schema knows of something that the profile `p` did since then.
  public func sweepCustomers(elsewhere: (_ since: Timestamp) -> SQL) async throws -> SweepStep {
    let row = try await database.rows(
      """
      SELECT \(now)::timestamptz - make_interval(days => days), swept_to FROM base.retention_rules
      WHERE kind = 'customers' AND days IS NOT NULL
        AND (swept_to IS NOT NULL OR swept_at IS NULL OR swept_at <= \(now.adding(seconds: -Self.sweepSeconds)))
      FOR UPDATE SKIP LOCKED
      """
    ).first
    guard let (limit, last) = try row?.decode(Timestamp.self, ID<Customer>?.self) else { return .rest }
    let part = try await database.rows(
      """
      SELECT c.id, NOT EXISTS (
        SELECT FROM base.members m JOIN base.profiles p ON p.id = m.profile
        WHERE m.customer = c.id AND (
          p.erased_at IS NOT NULL OR p.created_at >= \(limit)
          OR EXISTS (SELECT FROM base.traits t WHERE t.profile = p.id AND t.at >= \(limit))
          OR EXISTS (SELECT FROM base.identifiers i WHERE i.profile = p.id AND i.at >= \(limit))
          OR EXISTS (SELECT FROM base.consents n WHERE n.profile = p.id AND n.recorded_at >= \(limit))
          OR EXISTS (SELECT FROM base.orders o WHERE o.profile = p.id AND o.ordered_at >= \(limit))
          OR \(elsewhere(limit))
        )
      )
      FROM base.customers c WHERE \(last)::uuid IS NULL OR c.id > \(last)
      ORDER BY c.id LIMIT \(Self.sweepPart)
      """
    ).map { try $0.decode(ID<Customer>.self, Bool.self) }
    guard let end = part.last?.0 else {
      try await database.execute(
        "UPDATE base.retention_rules SET swept_to = NULL, swept_at = \(now) WHERE kind = 'customers'")
      return .rest
    }
    let inactive = part.first { $0.1 }?.0
    _ = database.send(
      "UPDATE base.retention_rules SET swept_to = \(inactive ?? end) WHERE kind = 'customers'")
    guard let inactive else { return .onward }
    return .inactive(try await profiles(of: inactive))
  }
}
