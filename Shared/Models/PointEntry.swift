/// What an entry of the loyalty programme's ledger does.
public enum PointEntryKind: String, Codable, CaseIterable, Sendable {
  /// Adds a lot.
  case earned
  /// Takes points of lots.
  case burned
  /// Does the opposite of another entry.
  case reversed
}

/// An entry of the ledger, as far as it concerns a customer.
public struct PointEntry: Codable, Sendable {
  /// The entry.
  public var entry: ID<PointEntry>
  /// What it does.
  public var kind: PointEntryKind
  /// Points it moved of the customer's lots, below zero where it took them.
  public var points: Int
  /// When it was made.
  public var at: Timestamp
  /// What for, or why it was reversed.
  public var reference: String?
  /// When what it earned can be spent.
  public var activeAt: Timestamp?
  /// When what is left of what it earned is lost.
  public var expiresAt: Timestamp?
  /// The entry that it does the opposite of.
  public var reverses: ID<PointEntry>?
  /// The entry that did the opposite of it.
  public var reversedBy: ID<PointEntry>?
  /// What it moved of each of the customer's lots.
  public var lots: [MovedPoints]

  public init(
    entry: ID<PointEntry>, kind: PointEntryKind, points: Int, at: Timestamp, reference: String?, activeAt: Timestamp?,
    expiresAt: Timestamp?, reverses: ID<PointEntry>?, reversedBy: ID<PointEntry>?, lots: [MovedPoints]
  ) {
    self.entry = entry
    self.kind = kind
    self.points = points
    self.at = at
    self.reference = reference
    self.activeAt = activeAt
    self.expiresAt = expiresAt
    self.reverses = reverses
    self.reversedBy = reversedBy
    self.lots = lots
  }
}

/// What an entry moved of a lot.
public struct MovedPoints: Codable, Hashable, Sendable {
  /// The lot, by the entry that earned it.
  public var lot: ID<PointEntry>
  /// Points added to it, below zero where they were taken.
  public var points: Int

  public init(lot: ID<PointEntry>, points: Int) {
    self.lot = lot
    self.points = points
  }
}
