import FoundationEssentials
import JSONRPC
import Models

/// A rule over what is known of a customer, over all of its profiles: a tree of clauses. Each has exactly one member.
struct SegmentRule: Codable, Hashable, Sendable {
  /// Every one of these holds, 1 to 50.
  var all: [SegmentRule]?
  /// At least one of these holds, 1 to 50.
  var any: [SegmentRule]?
  /// This does not hold.
  var not: SegmentRule? {
    get { negated.first }
    set { negated = [newValue].compactMap(\.self) }
  }
  /// What sources say of the customer; the value that counts is the most recent one, as in `customers.get`.
  var trait: TraitClause?
  /// What was done on a website or in an application.
  var performed: PerformedClause?
  /// How many orders there are.
  var ordered: OrderedClause?
  /// What orders add up to.
  var orderTotal: OrderTotalClause?
  /// A figure that is computed of the customer.
  var score: ScoreClause?
  /// What `consents.check` would say now. A segment never stands in for that check: whoever sends asks it at use.
  var consent: ConsentClause?
  /// What the customer can be known by.
  var carries: CarriesClause?
  /// The customer has a record of this source.
  var source: SourceName?

  /// A struct is not within itself; an array of one is.
  private var negated: [SegmentRule] = []

  private enum CodingKeys: String, CodingKey {
    case all, any, not, trait, performed, ordered, orderTotal, score, consent, carries, source
  }

  init() {}

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    all = try container.decodeIfPresent([SegmentRule].self, forKey: .all)
    any = try container.decodeIfPresent([SegmentRule].self, forKey: .any)
    negated = [try container.decodeIfPresent(SegmentRule.self, forKey: .not)].compactMap(\.self)
    trait = try container.decodeIfPresent(TraitClause.self, forKey: .trait)
    performed = try container.decodeIfPresent(PerformedClause.self, forKey: .performed)
    ordered = try container.decodeIfPresent(OrderedClause.self, forKey: .ordered)
    orderTotal = try container.decodeIfPresent(OrderTotalClause.self, forKey: .orderTotal)
    score = try container.decodeIfPresent(ScoreClause.self, forKey: .score)
    consent = try container.decodeIfPresent(ConsentClause.self, forKey: .consent)
    carries = try container.decodeIfPresent(CarriesClause.self, forKey: .carries)
    source = try container.decodeIfPresent(SourceName.self, forKey: .source)
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeIfPresent(all, forKey: .all)
    try container.encodeIfPresent(any, forKey: .any)
    try container.encodeIfPresent(not, forKey: .not)
    try container.encodeIfPresent(trait, forKey: .trait)
    try container.encodeIfPresent(performed, forKey: .performed)
    try container.encodeIfPresent(ordered, forKey: .ordered)
    try container.encodeIfPresent(orderTotal, forKey: .orderTotal)
    try container.encodeIfPresent(score, forKey: .score)
    try container.encodeIfPresent(consent, forKey: .consent)
    try container.encodeIfPresent(carries, forKey: .carries)
    try container.encodeIfPresent(source, forKey: .source)
  }
}

/// A trait of the customer. All tests that are given must be passed; what has no such trait passes none but
/// `exists: false`.
struct TraitClause: Codable, Hashable, Sendable {
  /// Name of the trait, as `locality`.
  var name: String
  /// Its value is this string, number or truth value.
  var `is`: RawJSON?
  /// Its value is one of these, 1 to 100.
  var `in`: [RawJSON]?
  /// Whether there is one.
  var exists: Bool?
  /// It is a text that begins so, letter by letter.
  var startsWith: String?
  /// It is a number, or a text that writes one, of at least this.
  var atLeast: Decimal?
  /// It is a number, or a text that writes one, of at most this.
  var atMost: Decimal?
  /// It is a day before this one; of a time its day counts.
  var before: Day?
  /// It is a day after this one; of a time its day counts.
  var after: Day?
}

/// Events of a name.
struct PerformedClause: Codable, Hashable, Sendable {
  /// Name of the event, as `Order Completed`.
  var event: String
  /// At least so many times; 1 where neither bound is given.
  var atLeast: Int?
  /// At most so many times, 0 and more.
  var atMost: Int?
  /// Only those of so many days up to now, 1 to 3,650.
  var withinDays: Int?
  /// Only those whose properties have these values, at most 10.
  var `where`: [String: RawJSON]?
}

/// Orders, of all channels together.
struct OrderedClause: Codable, Hashable, Sendable {
  /// At least so many; 1 where neither bound is given.
  var atLeast: Int?
  /// At most so many, 0 and more.
  var atMost: Int?
  /// Only those of so many days up to now, 1 to 3,650.
  var withinDays: Int?
  /// Only those with a line of this product.
  var sku: SKU?
  /// Only those with a line of this category.
  var category: String?
  /// Only those in one of these states; placed and fulfilled ones where absent.
  var status: [OrderStatus]?
}

/// The sum of the amounts of a customer's orders that were neither cancelled nor returned; 0 where there are none.
struct OrderTotalClause: Codable, Hashable, Sendable {
  /// Only orders of this currency.
  var currency: Currency
  /// The sum is at least this.
  var atLeast: Amount?
  /// The sum is at most this.
  var atMost: Amount?
  /// Only orders of so many days up to now, 1 to 3,650.
  var withinDays: Int?
}

/// A figure of the customer. Who has none of that name is not meant, whatever the bounds.
struct ScoreClause: Codable, Hashable, Sendable {
  /// Which figure.
  var name: ScoreName
  /// The figure is at least this.
  var atLeast: Decimal?
  /// The figure is at most this.
  var atMost: Decimal?
}

/// Figures of customers that rules can ask for.
enum ScoreName: String, Codable, CaseIterable, Sendable {
  /// Whole days since the last order, by days of UTC.
  case recency
  /// Number of orders.
  case frequency
  /// Purchases to expect, as in `clv.list`.
  case expectedPurchases
  /// Money to expect, as in `clv.list`.
  case expectedValue
  /// Probability that the customer has not stopped buying, as in `clv.list`.
  case probabilityAlive
}

/// What the customer agreed to.
struct ConsentClause: Codable, Hashable, Sendable {
  /// What for, as `marketing`.
  var purpose: String
  /// On which channel; absent asks for all channels.
  var channel: Channel?
  /// What the deciding record says.
  var state: ConsentClauseState
}

/// What the deciding record of consent says.
enum ConsentClauseState: String, Codable, CaseIterable, Sendable {
  /// The person agreed.
  case granted
  /// The person refused or took it back.
  case withdrawn
  /// Nobody ever asked.
  case unrecorded
}

/// An identifier of a kind.
struct CarriesClause: Codable, Hashable, Sendable {
  /// What kind of identifier it is; anonymous ones cannot be asked for.
  var kind: IdentifierKind
  /// Whether only those count that a source has proof of.
  var verified: Bool?
}

/// Key of a segment, 1 to 100 letters, digits, `-`, `_` or `.`.
struct SegmentKey: TextValue {
  let text: String
  static let expectation = "1 to 100 letters, digits, '-', '_' or '.'"

  init(normal text: String) { self.text = text }

  static func normalise(_ text: String) -> String? {
    text.wholeMatch(of: /[A-Za-z0-9._-]{1,100}/) == nil ? nil : text
  }
}

extension SegmentKey: SchemaDescribing {
  static var schema: JSONSchema { JSONSchema(.string, pattern: "^[A-Za-z0-9._-]{1,100}$") }
}

extension SegmentRule {
  static func all(_ rules: [SegmentRule]) -> SegmentRule { made { $0.all = rules } }
  static func any(_ rules: [SegmentRule]) -> SegmentRule { made { $0.any = rules } }
  static func not(_ rule: SegmentRule) -> SegmentRule { made { $0.not = rule } }
  static func trait(_ clause: TraitClause) -> SegmentRule { made { $0.trait = clause } }
  static func performed(_ clause: PerformedClause) -> SegmentRule { made { $0.performed = clause } }
  static func ordered(_ clause: OrderedClause) -> SegmentRule { made { $0.ordered = clause } }
  static func orderTotal(_ clause: OrderTotalClause) -> SegmentRule { made { $0.orderTotal = clause } }
  static func score(_ clause: ScoreClause) -> SegmentRule { made { $0.score = clause } }
  static func consent(_ clause: ConsentClause) -> SegmentRule { made { $0.consent = clause } }
  static func carries(_ clause: CarriesClause) -> SegmentRule { made { $0.carries = clause } }
  static func source(_ source: SourceName) -> SegmentRule { made { $0.source = source } }

  private static func made(_ set: (inout SegmentRule) -> Void) -> SegmentRule {
    var rule = SegmentRule()
    set(&rule)
    return rule
  }
}
