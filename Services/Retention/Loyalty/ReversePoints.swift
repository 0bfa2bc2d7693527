import CustomerBase
import Models
import Postgres
import Server

/// Does the opposite of an entry, whole and once: for an order that came back, or a reward that was not handed out.
///
/// What was burned goes back to the lots that it was taken of, and is lost where they have expired meanwhile. What was
/// earned is taken of its own lot first and, where it was spent, of others of the customer; where there are not as many,
/// nothing is taken.
struct ReversePoints: Method {
  static let name = "loyalty.reverse"
  static let access = Access.write(.loyalty)
  static let failures: [Failure] = [.notFound, .wrongState, .erased, .insufficientPoints]

  /// The entry, as `loyalty.entries` lists it.
  var entry: ID<PointEntry>
  /// Why.
  var reason: Reason

  static func example(in data: ExampleData) -> ReversePoints {
    ReversePoints(entry: data.points, reason: Reason(fixed: "the order came back"))
  }

  func run(_ call: Call) async throws -> PostedPoints {
    let ledger = PointLedger(call: call)
    let rows = try await call.database.rows(
      "SELECT kind, profile FROM retention.point_entries WHERE id = \(entry) FOR NO KEY UPDATE")
    guard let (kind, profile) = try rows.first?.decode(String.self, ID<Profile>.self) else {
      throw Failure.notFound.about("entry")
    }
    guard kind != PointEntryKind.reversed.rawValue else { throw Failure.wrongState.about("it is a reversal itself") }
    let moved: [PointMovement] = try await call.database.all(
      "SELECT lot, profile, points FROM retention.point_movements WHERE entry = \(entry) ORDER BY lot")
    let isReversed: Bool = try await call.database.one(
      "SELECT EXISTS (SELECT FROM retention.point_entries WHERE reverses = \(entry))")
    guard !isReversed else { throw Failure.wrongState.about("it was reversed before") }
    let profiles = try await ledger.profiles(of: ID(profile))
    try await call.customerBase.requireNotErased(moved.map(\.profile))

    let movements = try await opposite(of: moved, profiles, ledger)
    let reversal = ledger.add(.reversed, of: profile, reference: reason.text, reversing: entry)
    try ledger.move(movements, by: reversal, .reversed, reference: reason.text)
    return try await ledger.posted(reversal, movements, of: profiles)
  }

  private func opposite(
    of moved: [PointMovement], _ profiles: [ID<Profile>], _ ledger: PointLedger
  ) async throws -> [PointMovement] {
    if let earned = moved.first(where: { $0.lot == entry }) {
      return try await ledger.lockedLots(of: profiles, and: [entry]).taking(earned.points, first: entry)
    }
    _ = try await ledger.lockedLots(of: [], and: moved.map(\.lot))
    return moved.map { PointMovement(lot: $0.lot, profile: $0.profile, points: -$0.points) }
  }
}
