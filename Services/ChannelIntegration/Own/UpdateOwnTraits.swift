import CustomerBase
import Models
import Server

/// What customers say of themselves: a correction, or something new.
///
/// It is kept as a record of source `self` beside those of the firm's systems, is the most recent word on it from then on,
/// and is used everywhere at once. An absent trait stays, `null` takes the customer's own word back.
struct UpdateOwnTraits: Method {
  static let name = "self.update"
  static let access = Access.own(.write)
  static let failures: [Failure] = [.notFound]

  /// What the customer says, by name of the trait, as `givenName`: 200 traits at most, also with those said before.
  var traits: [String: RawJSON]

  static func example(in _: ExampleData) -> UpdateOwnTraits {
    UpdateOwnTraits(traits: ["familyName": RawJSON(wellFormed: #""King""#)])
  }

  func run(_ call: Call) async throws -> OwnTraits {
    OwnTraits(traits: try await call.tell(traits))
  }
}

/// What a customer says of themselves.
struct OwnTraits: Codable, Sendable {
  /// All of it, by name.
  var traits: [OwnTrait]
}

extension Call {
  /// Takes what the caller says of themselves, within the bounds of one record, and answers all they have said.
  func tell(_ traits: [String: RawJSON]) async throws -> [OwnTrait] {
    let customer = try await ownCustomer()
    let own = ProfileReference(source: SourceName(normal: CustomerBase.own), externalId: ExternalID(normal: ""))
    let row = try ProfileRow.checked(own, traits, nil, at: "/params")
    let told = try await customerBase.tell(row.traits, as: customer)
    _ = try ProfileRow.checked(own, Dictionary(told.map { ($0.name, $0.value) }) { $1 }, nil, at: "/params")
    touch(try await customerBase.profiles(of: customer))
    return told
  }
}
