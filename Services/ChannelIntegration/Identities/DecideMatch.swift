import CustomerBase
import Models
import Server

/// Decides whether two profiles are one person, whether or not they were found to be alike.
///
/// `same` links them. `different` removes the links between the two, and is remembered for ever: neither probability nor
/// a value that both carry links the two again, which is refused as `decidedDifferent`. The last decision of a pair counts.
struct DecideMatch: Method {
  static let name = "identities.decide"
  static let access = Access.write(.identities)
  static let failures: [Failure] = [.notFound, .erased]

  /// A profile.
  var a: ID<Profile>
  /// The other one.
  var b: ID<Profile>
  /// Whether the two are one person.
  var verdict: MatchVerdict
  /// Why.
  var reason: Reason

  static func example(in data: ExampleData) -> DecideMatch {
    DecideMatch(a: ID(data.ada), b: ID(data.grace), verdict: .different, reason: Reason(fixed: "two people, one house"))
  }

  func run(_ call: Call) async throws -> DecidedMatch {
    guard a != b else {
      throw InvalidParam(path: "/params/b", rule: "different", message: "must be another profile than a")
    }
    try await call.customerBase.decide(a, b, verdict, reason: reason.text)
    call.touch([a, b])
    return DecidedMatch(
      a: try await call.customerBase.customer(of: ID(a)), b: try await call.customerBase.customer(of: ID(b)))
  }
}

/// What a decision leaves.
struct DecidedMatch: Codable, Sendable {
  /// Customer the first profile belongs to now.
  var a: ID<Customer>
  /// Customer the second one belongs to now; the same where other links still join them.
  var b: ID<Customer>
}
