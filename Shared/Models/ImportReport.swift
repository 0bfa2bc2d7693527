/// What became of the rows of a bulk call; the four kinds add up to the rows.
public struct ImportReport: Codable, Sendable {
  /// Rows that made something new.
  public var accepted: Int
  /// Rows that changed something.
  public var updated: Int
  /// Rows that said what was known.
  public var unchanged: Int
  /// Rows that were not taken.
  public var rejected: [RejectedRow]

  public init(accepted: Int, updated: Int, unchanged: Int, rejected: [RejectedRow]) {
    self.accepted = accepted
    self.updated = updated
    self.unchanged = unchanged
    self.rejected = rejected
  }
}

/// A row that was not taken.
public struct RejectedRow: Codable, Sendable {
  /// Position of the row in the call, from 0.
  public var index: Int
  /// A type of wire errors, as `invalid_params`.
  public var type: String
  /// What is wrong with it.
  public var message: String

  public init(index: Int, type: String, message: String) {
    self.index = index
    self.type = type
    self.message = message
  }
}
