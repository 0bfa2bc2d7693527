import Models
import TestSupport

@testable import ChannelIntegration

/// Something that happens to people, whoever is one customer by then.
enum Fact: Sendable {
  case record(ProfileReference, [String: RawJSON], [Identifier])
  case order(number: String, ProfileReference, secondsAgo: Int64, Currency, quantity: Int, price: Int, OrderStatus)
  case consent(ProfileReference, purpose: String, Channel?, ConsentDecision)
  case event(visitor: String?, user: String?, name: String, identifies: Bool)
  case earning(ProfileReference, points: Int, activeInSeconds: Int64, expiresInSeconds: Int64?)
  case burning(ProfileReference, points: Int)
  case erasure(ProfileReference)
  case pause(seconds: Int64)

  static let visitors = ["v1", "v2", "v3"]
  static let emails = (1...4).map { "p\($0)@example.com" }
  private static let sources = ["shop", "crm", "erp"]

  /// So many facts that follow from the seed.
  ///
  /// - Parameter identifying: Whether events say who their visitor is, and points are spent. What these do depends on who is
  ///   one customer by then, so that they come before anybody is merged.
  static func some(_ count: Int, identifying: Bool, _ random: inout SeededGenerator) -> [Fact] {
    (0..<count).map { _ in
      switch Int.random(in: 0..<14, using: &random) {
      case 0...3: record(&random)
      case 4, 5: order(&random)
      case 6: consent(&random)
      case 7...9: event(identifying, &random)
      case 10, 11: points(identifying, &random)
      case 12: flip(2, &random) ? .erasure(reference(&random)) : .pause(seconds: 1)
      default: .pause(seconds: Int64.random(in: 1...4000, using: &random))
      }
    }
  }

  private static func flip(_ sides: Int, _ random: inout SeededGenerator) -> Bool {
    Int.random(in: 0..<sides, using: &random) == 0
  }

  private static func pick<Value>(_ values: [Value], _ random: inout SeededGenerator) -> Value {
    values[Int.random(in: values.indices, using: &random)]
  }

  private static func reference(_ random: inout SeededGenerator) -> ProfileReference {
    // Beside the customers that a shop of the same name has.
    ProfileReference(
      source: SourceName(normal: pick(sources, &random)),
      externalId: ExternalID(normal: "f\(Int.random(in: 1...4, using: &random))"))
  }

  private static func record(_ random: inout SeededGenerator) -> Fact {
    var traits: [String: RawJSON] = [:]
    for name in ["givenName", "locality", "size"] where flip(2, &random) {
      traits[name] = RawJSON(wellFormed: pick(["null", "\"Ada\"", "\"Grace\"", "42", "[1, 2]"], &random))
    }
    var identifiers: [Identifier] = []
    for kind in [IdentifierKind.email, .phone, .social, .loyaltyCard] where flip(4, &random) {
      let number = Int.random(in: 1...4, using: &random)
      let value = kind == .email ? emails[number - 1] : kind == .phone ? "+4917012345\(number)0" : "v\(number)"
      let isVerified = flip(2, &random)
      if let identifier = Identifier(kind: kind, value: value, verified: isVerified) { identifiers.append(identifier) }
    }
    return .record(reference(&random), traits, identifiers)
  }

  private static func order(_ random: inout SeededGenerator) -> Fact {
    .order(
      number: "f\(Int.random(in: 1...40, using: &random))", reference(&random),
      secondsAgo: Int64.random(in: 0...28_000_000, using: &random),
      Currency(fixed: flip(4, &random) ? "JPY" : "EUR"), quantity: Int.random(in: 1...3, using: &random),
      price: Int.random(in: 1...9, using: &random), flip(5, &random) ? .cancelled : .placed)
  }

  private static func consent(_ random: inout SeededGenerator) -> Fact {
    .consent(
      reference(&random), purpose: pick(["marketing", "profiling"], &random),
      flip(2, &random) ? nil : Channel(fixed: "email"), pick(ConsentDecision.allCases, &random))
  }

  private static func points(_ identifying: Bool, _ random: inout SeededGenerator) -> Fact {
    let points = Int.random(in: 1...30, using: &random)
    if identifying, flip(2, &random) { return .burning(reference(&random), points: points) }
    return .earning(
      reference(&random), points: points, activeInSeconds: Int64.random(in: 0...2000, using: &random),
      expiresInSeconds: flip(2, &random) ? nil : Int64.random(in: 4000...30_000, using: &random))
  }

  private static func event(_ identifying: Bool, _ random: inout SeededGenerator) -> Fact {
    let visitor = pick(visitors, &random)
    let user = pick(["ada", "grace"], &random)
    let name = pick(["Seen", "Bought"], &random)
    if identifying, flip(3, &random) { return .event(visitor: visitor, user: user, name: name, identifies: true) }
    return flip(4, &random)
      ? .event(visitor: nil, user: user, name: name, identifies: false)
      : .event(visitor: visitor, user: nil, name: name, identifies: false)
  }
}
