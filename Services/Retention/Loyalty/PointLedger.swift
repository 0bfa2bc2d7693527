import CustomerBase
import Models
import Postgres
import Server

extension Failure {
  static let insufficientPoints = Failure(
    code: 3002, type: "insufficient_points", message: "The customer has fewer points than that.")
}

/// The ledger of the loyalty programme, in one call's transaction.
///
/// An entry moves points of lots, and a lot is what one entry earned: so the balance is what is left of the lots, the sum of
/// all movements, and never below zero. Facts stay under their profiles: what is taken of a lot is taken of it for ever,
/// whoever is one customer later.
struct PointLedger: Sendable {
  let call: Call

  /// The profiles of a customer, at least one, of whom something may be written under the profile of this id.
  ///
  /// - Throws: `notFound`, or `erased`.
  func profiles(of customer: ID<Customer>) async throws -> [ID<Profile>] {
    let profiles = try await call.customerBase.profiles(of: customer)
    guard !profiles.isEmpty else { throw Failure.notFound.about("customer") }
    try await call.customerBase.requireNotErased([ID(customer)])
    return profiles
  }

  /// The lots of which these profiles can spend now, and those that are named, locked in the order of their ids.
  func lockedLots(of profiles: [ID<Profile>], and named: [ID<PointEntry>] = []) async throws -> [PointLot] {
    try await call.database.all(
      """
      SELECT l.id AS lot, l.profile, l.remaining, l.expires_at
      FROM retention.point_lots l
      WHERE l.id = ANY (\(named))
        OR (l.profile = ANY (\(profiles)) AND l.remaining > 0 AND l.active_at <= \(call.now)
          AND (l.expires_at IS NULL OR l.expires_at > \(call.now)))
      ORDER BY l.id FOR NO KEY UPDATE
      """)
  }

  /// Adds an entry, which moves nothing yet.
  func add(
    _ kind: PointEntryKind, of profile: ID<Profile>, reference: String?, reversing reversed: ID<PointEntry>? = nil
  ) -> ID<PointEntry> {
    let entry = call.ids.make(PointEntry.self)
    _ = call.database.send(
      """
      INSERT INTO retention.point_entries (id, kind, profile, reference, at, reverses)
      VALUES (\(entry), \(kind.rawValue), \(profile), \(reference), \(call.now), \(reversed))
      """)
    return entry
  }

  /// Moves an entry's points, and tells of it under each profile whose lots they are. The lots are locked, or new.
  func move(_ movements: [PointMovement], by entry: ID<PointEntry>, _ kind: PointEntryKind, reference: String?) throws {
    let lots = movements.map(\.lot)
    let points = movements.map(\.points)
    _ = call.database.send(
      """
      INSERT INTO retention.point_movements (entry, lot, profile, points, at)
      SELECT \(entry), v.lot, v.profile, v.points, \(call.now)
      FROM unnest(\(lots), \(movements.map(\.profile)), \(points)) AS v (lot, profile, points)
      """)
    _ = call.database.send(
      """
      UPDATE retention.point_lots l SET remaining = l.remaining + v.points
      FROM unnest(\(lots), \(points)) AS v (lot, points) WHERE l.id = v.lot
      """)
    let told = Dictionary(grouping: movements, by: \.profile).sorted { $0.key < $1.key }
    call.customerBase.append(
      try told.map { profile, movements in
        try JournalEntry(
          subject: profile, type: "points.\(kind.rawValue)",
          payload: ToldPoints(
            entry: entry, points: movements.reduce(0) { $0 + $1.points }, reference: reference))
      })
    call.touch(told.map(\.key))
  }

  /// What an entry has done, and what the customer of these profiles has after it.
  func posted(
    _ entry: ID<PointEntry>, _ movements: [PointMovement], of profiles: [ID<Profile>]
  ) async throws -> PostedPoints {
    let left = try await lots(of: profiles, asOf: call.now)
    call.touch(profiles)
    return PostedPoints(
      entry: entry, customer: ID(profiles[0]), points: movements.reduce(0) { $0 + $1.points },
      balance: left.filter { $0.state(asOf: call.now) == .active }.reduce(0) { $0 + $1.points },
      lots: movements.map { MovedPoints(lot: $0.lot, points: $0.points) })
  }

  /// What is left of the profiles' lots at a moment, soonest to expire first.
  func lots(of profiles: [ID<Profile>], asOf: Timestamp) async throws -> [RemainingPoints] {
    try await call.database.all(
      """
      SELECT l.active_at, l.expires_at, sum(v.points)::int8 AS points
      FROM retention.point_lots l JOIN retention.point_movements v ON v.lot = l.id
      WHERE l.profile = ANY (\(profiles)) AND v.at <= \(asOf)
      GROUP BY l.id HAVING sum(v.points) > 0
      ORDER BY l.expires_at NULLS LAST, l.id
      """)
  }
}

/// A lot that points may be taken of.
struct PointLot: Codable, Hashable, Sendable {
  var lot: ID<PointEntry>
  var profile: ID<Profile>
  var remaining: Int
  var expiresAt: Timestamp?
}

/// What an entry does to one lot.
struct PointMovement: Codable, Hashable, Sendable {
  var lot: ID<PointEntry>
  var profile: ID<Profile>
  /// Below zero where they are taken.
  var points: Int
}

extension [PointLot] {
  /// Takes points of the lots: of those first that expire first, and of the earlier where two expire together.
  ///
  /// - Parameter preferred: A lot that they are taken of before all others.
  /// - Throws: `insufficientPoints`.
  func taking(_ points: Int, first preferred: ID<PointEntry>? = nil) throws -> [PointMovement] {
    var missing = points
    var movements: [PointMovement] = []
    for lot in sorted(by: { $0.precedes($1, preferred) }) where missing > 0 && lot.remaining > 0 {
      let taken = Swift.min(missing, lot.remaining)
      missing -= taken
      movements.append(PointMovement(lot: lot.lot, profile: lot.profile, points: -taken))
    }
    guard missing == 0 else { throw Failure.insufficientPoints.about("\(points - missing) of \(points)") }
    return movements
  }
}

extension PointLot {
  fileprivate func precedes(_ other: PointLot, _ preferred: ID<PointEntry>?) -> Bool {
    if (lot == preferred) != (other.lot == preferred) { return lot == preferred }
    guard expiresAt != other.expiresAt else { return lot < other.lot }
    guard let expiresAt, let next = other.expiresAt else { return expiresAt != nil }
    return expiresAt < next
  }
}

/// What is left of a lot.
struct RemainingPoints: Codable, Sendable {
  enum State {
    case pending, active, expired
  }

  var activeAt: Timestamp
  var expiresAt: Timestamp?
  var points: Int

  func state(asOf: Timestamp) -> State {
    if let expiresAt, expiresAt <= asOf { return .expired }
    return activeAt <= asOf ? .active : .pending
  }
}

/// What the journal tells of an entry, of the lots of one profile.
private struct ToldPoints: Encodable {
  var entry: ID<PointEntry>
  var points: Int
  var reference: String?
}
