import CustomerBase
import Models
import Server

/// Takes points of a customer's lots, over all profiles: of those first that expire first.
struct BurnPoints: Method {
  static let name = "loyalty.burn"
  static let access = Access.write(.loyalty)
  static let failures: [Failure] = [.notFound, .erased, .insufficientPoints]

  /// The customer, by any of its profiles.
  var customer: ID<Customer>
  /// How many; all of them are taken, or none.
  var points: Points
  /// What for: an order's number, a reward.
  var reference: Reason?

  static func example(in data: ExampleData) -> BurnPoints {
    BurnPoints(customer: data.ada, points: .hundred, reference: Reason(fixed: "a tea pot"))
  }

  func run(_ call: Call) async throws -> PostedPoints {
    let ledger = PointLedger(call: call)
    let profiles = try await ledger.profiles(of: customer)
    let movements = try await ledger.lockedLots(of: profiles).taking(points.count)
    let entry = ledger.add(.burned, of: ID(customer), reference: reference?.text)
    try ledger.move(movements, by: entry, .burned, reference: reference?.text)
    return try await ledger.posted(entry, movements, of: profiles)
  }
}
