import CustomerBase
import Models
import Server

/// Tells whether something may be done to a customer: every sender and every profiling asks this first.
///
/// Over all of the customer's profiles the latest record of the purpose decides, for that channel or for all channels; at
/// equal time withdrawal wins. What follows depends on the purpose's legal basis: on consent nothing is allowed without a
/// grant; on legitimate interests and on a public task it is until the person objects, which a withdrawal is; on a
/// contract, a legal obligation and vital interests it is whatever was recorded.
struct CheckConsent: AboutCustomer {
  static let name = "consents.check"
  static let access = Access.read(.consents, also: [.customer])
  static let failures: [Failure] = [.notFound]

  /// The customer, by any of its profiles.
  var customer: ID<Customer>
  /// What for.
  var purpose: String
  /// Channel it would happen on; absent asks for all channels.
  var channel: Channel?

  static func example(in data: ExampleData) -> CheckConsent {
    CheckConsent(customer: data.ada, purpose: "marketing", channel: Channel(fixed: "email"))
  }

  func run(_ call: Call) async throws -> ConsentVerdict {
    let verdict = try await call.customerBase.consent(of: customer, to: purpose, on: channel?.text)
    guard let verdict else { throw Failure.notFound.about("customer") }
    return verdict
  }
}
