import CustomerBase
import Models
import Server

/// How many points a customer has over all profiles, at any moment.
struct GetPointBalance: AboutCustomer {
  static let name = "loyalty.balance"
  static let access = Access.snapshot(.loyalty, also: [.customer])
  static let failures: [Failure] = [.notFound]

  private static let shownExpiries = 20

  /// The customer, by any of its profiles.
  var customer: ID<Customer>
  /// The moment; now when absent. What was entered later does not count, and a later one shows what is lost until then.
  var asOf: Timestamp?

  static func example(in data: ExampleData) -> GetPointBalance { GetPointBalance(customer: data.ada) }

  func run(_ call: Call) async throws -> PointBalance {
    let moment = asOf ?? call.now
    let profiles = try await call.customerBase.profiles(of: customer)
    guard let first = profiles.first else { throw Failure.notFound.about("customer") }
    let lots = try await PointLedger(call: call).lots(of: profiles, asOf: moment)
    func points(_ state: RemainingPoints.State) -> Int {
      lots.filter { $0.state(asOf: moment) == state }.reduce(0) { $0 + $1.points }
    }
    var expiring: [ExpiringPoints] = []
    for lot in lots where lot.state(asOf: moment) == .active {
      guard let expiresAt = lot.expiresAt else { break }
      if let last = expiring.last, last.expiresAt == expiresAt {
        expiring[expiring.count - 1].points += lot.points
      } else {
        expiring.append(ExpiringPoints(points: lot.points, expiresAt: expiresAt))
      }
    }
    return PointBalance(
      customer: ID(first), active: points(.active), pending: points(.pending), expired: points(.expired),
      expiring: Array(expiring.prefix(Self.shownExpiries)), asOf: moment)
  }
}

/// What a customer has of points. The three numbers together are the sum of the customer's entries.
struct PointBalance: Codable, Sendable {
  /// The customer.
  var customer: ID<Customer>
  /// Points that can be spent.
  var active: Int
  /// Points that were earned and can be spent later.
  var pending: Int
  /// Points that were lost unspent.
  var expired: Int
  /// What of the active points will be lost when, soonest first; the next 20 times.
  var expiring: [ExpiringPoints]
  /// The moment that the numbers are of.
  var asOf: Timestamp
}

/// Points that will be lost.
struct ExpiringPoints: Codable, Hashable, Sendable {
  /// How many.
  var points: Int
  /// When.
  var expiresAt: Timestamp
}
