import Models
import Postgres

/// Something that customers say of themselves.
public struct OwnTrait: Codable, Sendable {
  /// Name of the trait, as `givenName`.
  public var name: String
  /// What the customer says.
  public var value: RawJSON
  /// When it was said last.
  public var at: Timestamp
}

extension CustomerBase {
  /// Source of the records that hold what customers say of themselves.
  public static let own = "self"

  /// Takes what a customer says of themselves and answers all of it; JSON null takes something back.
  ///
  /// It is kept in a record of source `self`, which is made and linked to the customer when there is none. What is said again
  /// counts from now on, so that it goes before whatever others have said since. A link to such a record that somebody
  /// removed stays so, and the next word begins another record.
  public func tell(_ traits: [String: RawJSON], as customer: ID<Customer>) async throws -> [OwnTrait] {
    // Two calls of one customer meet here, before either looks for the record.
    _ = database.send(
      """
      SELECT p.id FROM base.profiles p JOIN base.members m ON m.profile = p.id
      WHERE m.customer = \(customer) ORDER BY p.id FOR NO KEY UPDATE OF p
      """)
    var records = try await ownRecords(of: customer)
    let told = traits.filter { !$0.value.isNull }.sorted { $0.key < $1.key }
    if records.isEmpty {
      guard !told.isEmpty else { return [] }
      records = [try await makeOwnRecord(of: customer)]
    }
    let record = records[0]
    _ = database.send(
      "DELETE FROM base.traits WHERE profile = ANY (\(records)) AND name = ANY (\(Array(traits.keys)))")
    _ = database.send(
      """
      INSERT INTO base.traits (profile, name, value, at)
      SELECT \(record), t.name, t.value, \(now) FROM unnest(\(told.map(\.key)), \(told.map(\.value))) AS t (name, value)
      """)
    append([
      try JournalEntry(
        subject: record, type: "profile.updated",
        payload: ProfileChange(source: Self.own, externalId: "\(record)", traits: traits, identifiers: []))
    ])
    return try await database.all(
      "SELECT name, value, at FROM base.traits WHERE profile = ANY (\(records)) ORDER BY name, at DESC")
  }

  /// The records of source `self`, the earliest first.
  private func ownRecords(of customer: ID<Customer>) async throws -> [ID<Profile>] {
    try await database.all(
      """
      SELECT p.id FROM base.members m JOIN base.profiles p ON p.id = m.profile
      WHERE m.customer = \(customer) AND p.source = \(Self.own) ORDER BY p.id
      """)
  }

  /// Makes a record, named by its own id, and links it to the customer.
  private func makeOwnRecord(of customer: ID<Customer>) async throws -> ID<Profile> {
    let record = ids.make(Profile.self)
    _ = database.send(
      "INSERT INTO base.profile_keys (source, external_id, profile) VALUES (\(Self.own), \("\(record)"), \(record))")
    let reference = ProfileReference(
      source: SourceName(normal: Self.own), externalId: ExternalID(normal: "\(record)"))
    makeProfiles([reference: KnownProfile(profile: record, isNew: true)])
    append([
      try JournalEntry(
        subject: record, type: "profile.created",
        payload: ProfileChange(source: Self.own, externalId: "\(record)", traits: [:], identifiers: []))
    ])
    _ = try await link([LinkCandidate(a: ID(customer), b: record, evidence: Self.own)])
    return record
  }
}
