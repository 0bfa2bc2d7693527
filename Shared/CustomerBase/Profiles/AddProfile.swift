import Models
import Postgres

/// What a record that comes alone was found to be.
enum FoundRecord {
  /// It was new, and is all written.
  case added(UpsertedProfile)
  /// It was known: its values are locked, nothing else is done.
  case known(ID<Profile>)
}

extension CustomerBase {
  /// Finds the profile of a record, or writes it whole in one statement where it is new: most records come once, alone.
  func findOrAdd(_ row: ProfileRow) async throws -> FoundRecord {
    let proposed = ids.make(Profile.self)
    let carried = CarriedValues([row], [KnownProfile(profile: proposed, isNew: true)]).sorted()
    let told = row.firstTraits
    let traits = told.sorted { $0.key < $1.key }
    let entry = try JournalEntry(
      subject: proposed, type: "profile.created",
      payload: ProfileChange(
        source: row.reference.source.text,
        externalId: row.reference.externalId.text,
        traits: told,
        identifiers: zip(carried.kinds, carried.values).map { "\($0):\($1)" }.sorted()))
    let rows = try await database.rows(
      """
      SELECT f.profile, f.others, f.evidence, f.blocked
      FROM base.find_or_add_profile(
        \(proposed), \(row.reference.source.text), \(row.reference.externalId.text),
        \(carried.kinds), \(carried.values), \(carried.verified), \(carried.joins),
        \(traits.map(\.key)), \(traits.map(\.value)),
        \(now), \(author.service), \(author.method), \(author.actor), \(entry.payload)
      ) AS f
      """)
    let found = try rows.first?.decode(ID<Profile>?.self, [ID<Profile>].self, [String].self, [Bool].self)
    // A record that was there a moment ago and is no more has been renamed by an erasure.
    guard let (named, others, evidence, blocked) = found, let profile = named else { throw RerunCall() }
    guard profile == proposed else { return .known(profile) }
    refuseErased(row.reference.erasedValue)
    let proposals = others.indices.map { place in
      LinkProposal(
        LinkCandidate(a: profile, b: others[place], evidence: evidence[place]),
        refusal: blocked[place] ? .blocked : nil)
    }
    let refused = proposals.compactMap(\.refused)
    let links = try await link(proposals.filter { $0.refusal == nil }.map(\.candidate))
    try await refuse(refused.map { (profile, $0) })
    return .added(UpsertedProfile(profile: profile, outcome: .created, linked: links, refused: refused))
  }
}
