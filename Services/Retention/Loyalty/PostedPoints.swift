import Models

/// An entry that was made, and what the customer has after it.
struct PostedPoints: Codable, Sendable {
  /// The entry.
  var entry: ID<PointEntry>
  /// The customer.
  var customer: ID<Customer>
  /// Points it moved, below zero where it took them.
  var points: Int
  /// Points that the customer can spend now.
  var balance: Int
  /// What it moved of each lot.
  var lots: [MovedPoints]
}
