import CustomerBase
import Models
import Server

/// The single view of a customer: profiles, identifiers, traits, consents and order totals over every channel.
///
/// Each trait comes with its source and time, the most recent value of a name first. The answer is a pure function of
/// the facts and the active links.
struct GetCustomer: AboutCustomer {
  static let name = "customers.get"
  static let access = Access.read(.customers, also: [.customer])
  static let failures: [Failure] = [.notFound]

  /// The customer, by any of its profiles.
  var customer: ID<Customer>

  static func example(in data: ExampleData) -> GetCustomer { GetCustomer(customer: data.ada) }

  func run(_ call: Call) async throws -> Encoded<CustomerView> {
    guard let view = try await call.customerBase.view(of: customer) else { throw Failure.notFound.about("customer") }
    return Encoded(view)
  }
}
