import JSONRPC
import Models

/// One method of a service: its stored properties are the params, its doc comment the documentation, `run` the
/// behaviour; the contract is derived from it.
public protocol Method: RPCMethod where Context == Call {
  /// Who may call it, and what it does to the data.
  static var access: Access { get }
  /// Refusals it answers beside those that every method has.
  static var failures: [Failure] { get }
  /// A call that works on the example data; it is executed by a test and shown in the contract.
  static func example(in data: ExampleData) -> Self
}

extension Method {
  public static var failures: [Failure] { [] }
}

/// A method about one customer. A caller of the role `customer` may name only the customer their token speaks for;
/// every other one is as if it were not there.
public protocol AboutCustomer: Method {
  var customer: ID<Customer> { get }
}

/// A method that hands out a secret: its answer is never kept, so an idempotency key does not bring it again.
public protocol Secretive: Method {}

/// A method whose calls count by address beyond the ordinary limits, whoever calls: for what could be guessed.
public protocol LimitedByAddress: Method {
  static var ratePerAddress: RateLimits.Rate { get }
}

/// A method that erases people: it waits until nobody writes of any, and keeps writers out until it ends.
public protocol Erasing: Method {}

/// A method that takes many rows: its call may be larger than others.
public protocol Bulk: Method {}
