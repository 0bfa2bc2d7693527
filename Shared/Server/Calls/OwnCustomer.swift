import CustomerBase
import Models

extension Noun {
  /// What customers see of and tell about themselves.
  static let own = Noun(rawValue: "self")
}

extension Access {
  /// For customers alone, about themselves: their token says who they are, and no param does.
  public static func own(_ effect: Effect) -> Access { own(.own, effect) }
}

extension Call {
  /// The customer whom the token names, whether or not there is one.
  func namedCustomer() throws -> ID<Customer> {
    guard let customer = principal?.customer.flatMap({ ID<Customer>($0) }) else {
      throw RefusedCall.forbidden(reason: "needs a token that speaks for a customer")
    }
    return customer
  }

  /// The customer that the token speaks for.
  ///
  /// - Throws: `notFound` when there is none of this id, or it was erased.
  public func ownCustomer() async throws -> ID<Customer> {
    let own = try namedCustomer()
    let customer: ID<Customer>? = try await database.first(
      """
      SELECT m.customer FROM base.members m JOIN base.profiles p ON p.id = m.profile
      WHERE m.profile = \(own) AND p.erased_at IS NULL
      """)
    guard let customer else { throw Failure.notFound.about("customer") }
    return customer
  }
}
