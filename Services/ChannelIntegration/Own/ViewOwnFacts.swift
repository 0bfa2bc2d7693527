import CustomerBase
import Models
import Postgres
import Server

/// Everything the firm holds of a customer, as the customer sees it: what it knows *of* them, what it has *for* them, and
/// what came *by* them.
///
/// Each fact tells its source, the purpose it is held for, and its time; the latest of each kind come first, and how many
/// there are is told beside. All is of one moment.
struct ViewOwnFacts: Method {
  static let name = "self.view"
  static let access = Access.own(.snapshot)
  static let failures: [Failure] = [.notFound]

  /// Facts of each kind, 1 to 200; 20 when absent.
  var limit: Limit?
  /// Language of texts, as `de-AT`; English where there is none in it.
  var locale: LocaleTag?

  static func example(in _: ExampleData) -> ViewOwnFacts { ViewOwnFacts(limit: Limit(1)) }

  func run(_ call: Call) async throws -> OwnFacts {
    let customer = try await call.ownCustomer()
    let whose = FactOwner(
      customer: customer, profiles: try await call.customerBase.profiles(of: customer), locale: locale)
    let limit = (limit ?? Limit(20)).count
    let pending = StoredFacts.all.map { ($0, call.database.send($0.statement(of: whose, limit: limit))) }
    var lists: [FactClass: FactList] = [:]
    for (stored, pending) in pending {
      try lists[stored.factClass, default: FactList(facts: [], totals: [])].add(try await pending.rows(), of: stored)
    }
    func list(_ factClass: FactClass) -> FactList { lists[factClass] ?? FactList(facts: [], totals: []) }
    return OwnFacts(
      customer: customer, asOf: call.now, ofMe: list(.of), forMe: list(.for), byMe: list(.by))
  }
}

/// What the firm holds of a customer.
struct OwnFacts: Codable, Sendable {
  /// The customer.
  var customer: ID<Customer>
  /// When it was so.
  var asOf: Timestamp
  /// What the firm has recorded and learnt.
  var ofMe: FactList
  /// What the firm has for the customer to know.
  var forMe: FactList
  /// What the customer has said.
  var byMe: FactList
}

/// Facts of several kinds.
struct FactList: Codable, Sendable {
  /// The facts, by kind, and of a kind the latest first.
  var facts: [Fact]
  /// How many there are of each kind.
  var totals: [FactTotal]

  mutating func add(_ rows: [Row], of stored: StoredFacts) throws {
    var total = 0
    for row in rows {
      let (name, value, source, purpose, at, all) = try row.decode(
        String?.self, RawJSON.self, String.self, String.self, Timestamp?.self, Int.self)
      total = all
      facts.append(
        Fact(
          kind: stored.kind, name: name, value: value, source: source, purpose: purpose, at: at,
          correctBy: stored.correctBy))
    }
    totals.append(FactTotal(kind: stored.kind, total: total))
  }
}

/// Something that the firm holds of a customer.
struct Fact: Codable, Sendable {
  /// What kind of fact it is.
  var kind: FactKind
  /// What it is about, as a trait's name; absent where the kind says it all.
  var name: String?
  /// The fact itself.
  var value: RawJSON
  /// System that told it, or the service that found it out.
  var source: String
  /// Purpose that it is held for.
  var purpose: String
  /// When it was so, or was told; absent for what has always been so.
  var at: Timestamp?
  /// The method by which the customer corrects it; absent where the source has to.
  var correctBy: String?
}

/// How many facts there are.
struct FactTotal: Codable, Sendable {
  /// What kind of fact it is.
  var kind: FactKind
  /// Their number.
  var total: Int
}
