import Models
import Postgres

/// The profile a record belongs to.
public struct KnownProfile: Sendable {
  public let profile: ID<Profile>
  /// Whether this call made it.
  public let isNew: Bool
}

extension CustomerBase {
  /// Takes the keys of these records; new profiles have yet to be made by `makeProfiles`.
  ///
  /// Calls that name one record meet at its key: the first takes it, the others wait and find its profile.
  func claimProfiles(_ references: some Collection<ProfileReference>) async throws -> [ProfileReference: KnownProfile] {
    var seen: Set<ProfileReference> = []
    let wanted = references.filter { seen.insert($0).inserted }
      .sorted { ($0.source, $0.externalId) < ($1.source, $1.externalId) }
    guard !wanted.isEmpty else { return [:] }
    let proposed = wanted.map { _ in ids.make(Profile.self) }
    let rows = try await database.rows(
      """
      SELECT c.place, c.known FROM base.claim_profiles(
        \(wanted.map(\.source.text)), \(wanted.map(\.externalId.text)), \(proposed)) c
      """)
    var found = Dictionary(
      uniqueKeysWithValues: zip(wanted, proposed).map { ($0, KnownProfile(profile: $1, isNew: true)) })
    for row in rows {
      let (place, profile) = try row.decode(Int.self, ID<Profile>.self)
      found[wanted[place - 1]] = KnownProfile(profile: profile, isNew: false)
    }
    return found
  }

  /// Makes the profiles whose keys this call took, each a customer of its own. Sent, not waited for.
  func makeProfiles(_ claimed: [ProfileReference: KnownProfile]) {
    let new = claimed.filter(\.value.isNew).sorted { $0.value.profile < $1.value.profile }
    guard !new.isEmpty else { return }
    let profiles = new.map(\.value.profile)
    _ = database.send(
      """
      WITH new AS (
        SELECT n.id, n.source, n.external_id
        FROM unnest(\(profiles), \(new.map(\.key.source.text)), \(new.map(\.key.externalId.text)))
          AS n (id, source, external_id)
      ), made AS (
        INSERT INTO base.profiles (id, source, external_id, created_at)
        SELECT n.id, n.source, n.external_id, \(now) FROM new n
      ), customers AS (
        INSERT INTO base.customers (id) SELECT n.id FROM new n
      )
      INSERT INTO base.members (profile, customer) SELECT n.id, n.id FROM new n
      """)
  }
}
