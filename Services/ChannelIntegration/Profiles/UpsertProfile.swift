import CustomerBase
import Models
import Server

/// Tells what a source knows of one of its records: a shop account, an entry of a mailing list, a party of an ERP system.
///
/// The record is found by `source` and `externalId` and made when it is new. What is given is merged: an absent trait
/// stays, `null` removes one. A verified e-mail address, phone number, user id, loyalty card or ERP id that another
/// profile carries too, verified, links the two into one customer. What may not link is told as `refused`, with its
/// reason, each time, and written to the journal once. The record of an erased person is refused with `erased`; who comes
/// back under a new record is taken, whatever its address.
struct UpsertProfile: Method {
  static let name = "profiles.upsert"
  static let access = Access.write(.profiles)
  static let failures: [Failure] = [.erased]

  /// System the record comes from.
  var source: SourceName
  /// Id of the record in its source.
  var externalId: ExternalID
  /// What the source says of the person, by name; `null` removes a trait.
  var traits: [String: RawJSON]?
  /// What the person can be recognised by.
  var identifiers: [Identifier]?

  static func example(in _: ExampleData) -> UpsertProfile {
    UpsertProfile(
      source: .crm, externalId: .example, traits: ["givenName": RawJSON(wellFormed: "\"Katherine\"")],
      identifiers: [Identifier(kind: .email, value: "katherine@example.com", verified: true)].compactMap(\.self))
  }

  func run(_ call: Call) async throws -> UpsertedProfileView {
    let row = try ProfileRow.checked(
      ProfileReference(source: source, externalId: externalId), traits, identifiers, at: "/params")
    guard let upserted = try await call.customerBase.upsert([row]).first else { throw RerunCall() }
    call.touch([upserted.profile])
    // A new profile that nothing links is a customer of its own, which need not be asked.
    let isAlone = upserted.outcome == .created && upserted.linked.isEmpty
    return UpsertedProfileView(
      profile: upserted.profile,
      customer: isAlone ? ID(upserted.profile) : try await call.customerBase.customer(of: ID(upserted.profile)),
      outcome: upserted.outcome,
      linked: upserted.linked.map { link in
        LinkedProfile(profile: link.a == upserted.profile ? link.b : link.a, evidence: link.evidence)
      },
      refused: upserted.refused)
  }
}

/// What an upsert did.
struct UpsertedProfileView: Codable, Sendable {
  /// The record's profile.
  var profile: ID<Profile>
  /// Customer the profile belongs to now.
  var customer: ID<Customer>
  /// What was new.
  var outcome: UpsertOutcome
  /// Profiles that this call linked to it.
  var linked: [LinkedProfile]
  /// Links that the record's values speak for and that are not made.
  var refused: [RefusedLink]
}

/// A profile that was linked, and by what.
struct LinkedProfile: Codable, Sendable {
  /// The profile that was linked.
  var profile: ID<Profile>
  /// Kind and value that both carry, as `email:ada@example.com`.
  var evidence: String
}

extension ProfileRow {
  /// A row within the bounds of one profile: 200 traits with names of 1 to 100 bytes, 50 identifiers.
  static func checked(
    _ reference: ProfileReference, _ traits: [String: RawJSON]?, _ identifiers: [Identifier]?, at path: String
  ) throws -> ProfileRow {
    let traits = traits ?? [:]
    guard traits.count <= 200 else {
      throw InvalidParam(path: "\(path)/traits", rule: "size", message: "has more than 200 members")
    }
    if traits.keys.contains(where: { !(1...100).contains($0.utf8.count) }) {
      throw InvalidParam(path: "\(path)/traits", rule: "name", message: "has a name that is not 1 to 100 bytes long")
    }
    let identifiers = identifiers ?? []
    guard identifiers.count <= 50 else {
      throw InvalidParam(path: "\(path)/identifiers", rule: "size", message: "has more than 50 elements")
    }
    return ProfileRow(reference: reference, traits: traits, identifiers: identifiers)
  }
}

extension SourceName {
  static let crm = SourceName(fixed: "crm")
}

extension ExternalID {
  static let example = ExternalID(fixed: "C-1003")
}
