/// Kinds of facts that a rule may rest on.
struct SegmentFacts: OptionSet, Sendable {
  let rawValue: Int

  /// Traits, identifiers, records.
  static let profiles = SegmentFacts(rawValue: 1)
  static let consents = SegmentFacts(rawValue: 2)
  static let orders = SegmentFacts(rawValue: 4)
  static let events = SegmentFacts(rawValue: 8)
  /// What the lifetime value model says, which follows orders by itself.
  static let lifetimeValues = SegmentFacts(rawValue: 16)
  /// Categories of products.
  static let products = SegmentFacts(rawValue: 32)
  static let all: SegmentFacts = [.profiles, .consents, .orders, .events, .lifetimeValues, .products]
}
