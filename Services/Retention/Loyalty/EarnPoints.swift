import CustomerBase
import Models
import Postgres
import Server

/// Adds a lot of points to a customer.
///
/// They can be spent from `activeAt` until `expiresAt`. The lot stays with the profile that the call names, whoever is one
/// customer with it later.
struct EarnPoints: Method {
  static let name = "loyalty.earn"
  static let access = Access.write(.loyalty)
  static let failures: [Failure] = [.notFound, .erased]

  /// The customer, by the profile that earned them.
  var customer: ID<Customer>
  /// How many.
  var points: Points
  /// When they can be spent; now when absent.
  var activeAt: Timestamp?
  /// When they are lost; never when absent. After `activeAt`, and after now.
  var expiresAt: Timestamp?
  /// What for: an order's number, a campaign.
  var reference: Reason?

  static func example(in data: ExampleData) -> EarnPoints {
    EarnPoints(
      customer: data.ada, points: .hundred, expiresAt: ExampleData.now.adding(seconds: 365 * 86_400),
      reference: Reason(fixed: "order 2026-0001"))
  }

  func run(_ call: Call) async throws -> PostedPoints {
    let active = activeAt ?? call.now
    if let expiresAt, expiresAt <= max(active, call.now) {
      throw InvalidParam(path: "/params/expiresAt", rule: "range", message: "must be after activeAt, and after now")
    }
    let ledger = PointLedger(call: call)
    let profiles = try await ledger.profiles(of: customer)
    let profile = ID<Profile>(customer)
    let entry = ledger.add(.earned, of: profile, reference: reference?.text)
    _ = call.database.send(
      """
      INSERT INTO retention.point_lots (id, profile, remaining, active_at, expires_at)
      VALUES (\(entry), \(profile), 0, \(active), \(expiresAt))
      """)
    let movements = [PointMovement(lot: entry, profile: profile, points: points.count)]
    try ledger.move(movements, by: entry, .earned, reference: reference?.text)
    return try await ledger.posted(entry, movements, of: profiles)
  }
}
