import Models
import Postgres

/// What a source says of one of its records.
public struct ProfileRow: Sendable {
  public var reference: ProfileReference
  /// Traits by name; JSON null removes one, what is absent stays.
  public var traits: [String: RawJSON]
  public var identifiers: [Identifier]

  public init(reference: ProfileReference, traits: [String: RawJSON], identifiers: [Identifier]) {
    self.reference = reference
    self.traits = traits
    self.identifiers = identifiers
  }

  /// What is kept of the traits where none was known.
  var firstTraits: [String: RawJSON] {
    traits.values.contains(where: \.isNull) ? traits.filter { !$0.value.isNull } : traits
  }
}

/// What an upsert did to a record.
public enum UpsertOutcome: String, Codable, CaseIterable, Sendable {
  /// The record was not known.
  case created
  /// Something was new.
  case updated
  /// Everything was known.
  case unchanged
}

/// What became of a row.
public struct UpsertedProfile: Sendable {
  public let profile: ID<Profile>
  public let outcome: UpsertOutcome
  /// Links this row made, named from its profile.
  public var linked: [Link]
  /// Links that the row's values speak for and that are not made.
  public var refused: [RefusedLink]
}

extension CustomerBase {
  /// Merges the rows into their profiles, in their order, and links what verified values join.
  ///
  /// Set-wise: the number of statements does not depend on the number of rows, but for rows of one record, which take
  /// effect one after another.
  public func upsert(_ rows: [ProfileRow]) async throws -> [UpsertedProfile] {
    // Everything is locked before anything is written, whichever wave needs it: that keeps the one order of locks.
    let claimed: [ProfileReference: KnownProfile]
    if let row = rows.first, rows.count == 1 {
      switch try await findOrAdd(row) {
      case .added(let upserted): return [upserted]
      case .known(let profile): claimed = [row.reference: KnownProfile(profile: profile, isNew: false)]
      }
    } else {
      lockValues(rows.flatMap(\.identifiers))
      claimed = try await claimProfiles(rows.map(\.reference))
      makeProfiles(claimed)
    }
    lockKnown(claimed.values)
    var answers = [UpsertedProfile?](repeating: nil, count: rows.count)
    var gained: Set<GainedValue> = []
    let carried = CarriedValues(
      rows, try rows.map { KnownProfile(profile: try profile(of: $0, in: claimed), isNew: false) })
    var candidates: Pending?
    let waves = waves(rows, by: \.reference)
    for (number, wave) in waves.enumerated() {
      let rows = wave.map { rows[$0] }
      let known = try rows.map { row in
        KnownProfile(
          profile: try profile(of: row, in: claimed), isNew: number == 0 && claimed[row.reference]?.isNew == true)
      }
      let pending = sendMerge(rows, known)
      // Behind the last that is written, so that it sees all of it, and on the way before that is answered.
      if number == waves.count - 1 { candidates = sendLinkCandidates(carried) }
      let changes = try await changes(pending)
      try appendEntries(rows, known, changes)
      for (position, known) in zip(wave, known) {
        gained.formUnion(changes[known.profile].identifiers.map { GainedValue(profile: known.profile, evidence: $0) })
        let outcome: UpsertOutcome =
          known.isNew ? .created : changes.contains(known.profile) ? .updated : .unchanged
        answers[position] = UpsertedProfile(profile: known.profile, outcome: outcome, linked: [], refused: [])
      }
    }
    let upserted = answers.compactMap(\.self)
    let proposals = try await linkProposals(candidates)
    let links = try await link(
      proposals.filter { $0.refusal == nil }.map(\.candidate)
        .filter { gained.contains(GainedValue(profile: $0.a, evidence: $0.evidence)) })
    // Once, however many rows are of one record.
    var refusedOf: [ID<Profile>: [RefusedLink]] = [:]
    for proposal in proposals {
      guard let refused = proposal.refused, refusedOf[proposal.candidate.a]?.contains(refused) != true else { continue }
      refusedOf[proposal.candidate.a, default: []].append(refused)
    }
    try await refuse(
      refusedOf.sorted { $0.key < $1.key }.flatMap { profile, links in links.map { (profile, $0) } })
    guard !links.isEmpty || !refusedOf.isEmpty else { return upserted }
    return upserted.map { row in
      var row = row
      row.linked = links.filter { $0.a == row.profile || $0.b == row.profile }
      row.refused = refusedOf[row.profile] ?? []
      return row
    }
  }

  /// Locks the profiles that were there before this call, in the order of their ids. Sent, not waited for.
  private func lockKnown(_ claimed: some Collection<KnownProfile>) {
    let old = claimed.filter { !$0.isNew }.map(\.profile)
    guard !old.isEmpty else { return }
    _ = database.send("SELECT id FROM base.profiles WHERE id = ANY (\(old)) ORDER BY id FOR NO KEY UPDATE")
  }

  private func profile(
    of row: ProfileRow, in claimed: [ProfileReference: KnownProfile]
  ) throws -> ID<Profile> {
    guard let known = claimed[row.reference] else { throw RerunCall() }
    return known.profile
  }

  /// Writes rows of distinct profiles. Sent, not waited for.
  ///
  /// A profile that this call made has nothing yet that could be in the way, and gains all that its row says: that need
  /// not be asked, and is written without looking.
  private func sendMerge(_ rows: [ProfileRow], _ known: [KnownProfile]) -> Merge {
    let new = known.indices.filter { known[$0].isNew }
    let old = known.indices.filter { !known[$0].isNew }
    func part(_ positions: [Int]) -> (rows: [ProfileRow], known: [KnownProfile]) {
      positions.count == rows.count ? (rows, known) : (positions.map { rows[$0] }, positions.map { known[$0] })
    }
    var merge = Merge()
    if !new.isEmpty {
      let (rows, known) = part(new)
      let carried = CarriedValues(rows, known)
      sendFirstTraits(rows, known)
      sendFirstIdentifiers(carried)
      merge.gained.reserve(rows.count)
      for (row, known) in zip(rows, known) {
        let names = row.firstTraits.keys
        if !names.isEmpty { merge.gained[known.profile].traits += names }
      }
      for (profile, (kind, value)) in zip(carried.profiles, zip(carried.kinds, carried.values)) {
        merge.gained[profile].identifiers.append(kind + ":" + value)
      }
    }
    if !old.isEmpty {
      let (rows, known) = part(old)
      merge.traits = sendTraits(rows, known)
      merge.identifiers = sendIdentifiers(CarriedValues(rows, known))
    }
    return merge
  }

  private func sendFirstTraits(_ rows: [ProfileRow], _ known: [KnownProfile]) {
    let told = ToldTraits(rows, known, skippingNull: true)
    guard !told.profiles.isEmpty else { return }
    _ = database.send(
      """
      INSERT INTO base.traits (profile, name, value, at)
      SELECT g.profile, g.name, g.value, \(now)
      FROM unnest(\(told.profiles), \(told.names), \(told.values)) AS g (profile, name, value)
      """)
  }

  private func sendFirstIdentifiers(_ carried: CarriedValues) {
    guard !carried.profiles.isEmpty else { return }
    _ = database.send(
      """
      INSERT INTO base.identifiers (profile, kind, value, verified, at)
      SELECT g.profile, g.kind, g.value, g.verified, \(now)
      FROM unnest(\(carried.profiles), \(carried.kinds), \(carried.values), \(carried.verified))
        AS g (profile, kind, value, verified)
      """)
  }

  /// What a merge changed.
  private func changes(_ pending: Merge) async throws -> Changes {
    var changes = pending.gained
    for row in try await pending.traits?.rows() ?? [] {
      let (profile, name) = try row.decode(ID<Profile>.self, String.self)
      changes[profile].traits.append(name)
    }
    for row in try await pending.identifiers?.rows() ?? [] {
      let (profile, kind, value) = try row.decode(ID<Profile>.self, String.self, String.self)
      changes[profile].identifiers.append("\(kind):\(value)")
    }
    return changes
  }

  /// Locks the values in their order, making the rows that are missing: two writers of one address meet here, before
  /// either looks who carries it. Sent, not waited for; what reads comes after it on the connection.
  func lockValues(_ identifiers: [Identifier]) {
    var seen: Set<ValueKey> = []
    // What comes in order, as the rows of a file often do, is sorted quickly.
    let values = identifiers.map { ValueKey(kind: $0.kind.rawValue, value: $0.value) }
      .filter { seen.insert($0).inserted }.sorted()
    guard !values.isEmpty else { return }
    _ = database.send("SELECT base.lock_values(\(values.map(\.kind)), \(values.map(\.value)))")
  }

  private func sendTraits(_ rows: [ProfileRow], _ known: [KnownProfile]) -> Pending? {
    let told = ToldTraits(rows, known)
    guard !told.profiles.isEmpty else { return nil }
    return database.send(
      """
      WITH given AS (
        SELECT g.profile, g.name, g.value
        FROM unnest(\(told.profiles), \(told.names), \(told.values)) AS g (profile, name, value)
      ), removed AS (
        DELETE FROM base.traits t USING given g
        WHERE t.profile = g.profile AND t.name = g.name AND g.value = 'null'
        RETURNING t.profile, t.name
      ), kept AS (
        INSERT INTO base.traits AS t (profile, name, value, at)
        SELECT g.profile, g.name, g.value, \(now) FROM given g WHERE g.value <> 'null'
        ON CONFLICT ON CONSTRAINT traits_pkey DO UPDATE SET value = excluded.value, at = excluded.at
        WHERE t.value <> excluded.value
        RETURNING t.profile, t.name
      )
      SELECT profile, name FROM removed UNION ALL SELECT profile, name FROM kept
      """)
  }

  /// Answers the values that a profile gained or that became verified.
  func sendIdentifiers(_ carried: CarriedValues) -> Pending? {
    guard !carried.profiles.isEmpty else { return nil }
    return database.send(
      """
      INSERT INTO base.identifiers AS i (profile, kind, value, verified, at)
      SELECT g.profile, g.kind, g.value, g.verified, \(now)
      FROM unnest(\(carried.profiles), \(carried.kinds), \(carried.values), \(carried.verified))
        AS g (profile, kind, value, verified)
      ON CONFLICT ON CONSTRAINT identifiers_pkey DO UPDATE SET verified = true
      WHERE excluded.verified AND NOT i.verified
      RETURNING i.profile, i.kind, i.value
      """)
  }

  private func appendEntries(_ rows: [ProfileRow], _ known: [KnownProfile], _ changes: Changes) throws {
    var entries: [JournalEntry] = []
    for (row, known) in zip(rows, known) where known.isNew || changes.contains(known.profile) {
      let change = changes[known.profile]
      entries.append(
        try JournalEntry(
          subject: known.profile,
          type: known.isNew ? "profile.created" : "profile.updated",
          payload: ProfileChange(
            source: row.reference.source.text,
            externalId: row.reference.externalId.text,
            traits: known.isNew ? row.firstTraits : row.traits.filter { change.traits.contains($0.key) },
            identifiers: change.identifiers.sorted())))
    }
    append(entries)
  }
}

/// Payload of `profile.created` and `profile.updated`: what the row brought that was not known.
struct ProfileChange: Codable {
  var source: String
  var externalId: String
  var traits: [String: RawJSON]
  var identifiers: [String]
}

struct ValueKey: Hashable, Comparable {
  let kind: String
  let value: String

  static func < (left: Self, right: Self) -> Bool {
    left.kind == right.kind ? left.value.precedesByBytes(right.value) : left.kind.precedesByBytes(right.kind)
  }
}

/// A value that a profile carries since this call, or verified since this call.
private struct GainedValue: Hashable {
  let profile: ID<Profile>
  let evidence: String
}

/// A merge on its way: what it writes without asking, and what is being asked.
private struct Merge {
  var gained = Changes()
  var traits: Pending?
  var identifiers: Pending?
}

/// What changed on which profile.
private struct Changes {
  struct Change {
    var traits: [String] = []
    var identifiers: [String] = []
  }

  private var byProfile: [ID<Profile>: Change] = [:]

  subscript(profile: ID<Profile>) -> Change {
    get { byProfile[profile] ?? Change() }
    _modify { yield &byProfile[profile, default: Change()] }
  }

  func contains(_ profile: ID<Profile>) -> Bool { byProfile[profile] != nil }

  mutating func reserve(_ count: Int) { byProfile.reserveCapacity(count) }
}

/// Positions of the rows, split so that no two rows of one wave share a key and the rows of one key keep their order.
func waves<Row, Key: Hashable>(_ rows: [Row], by key: KeyPath<Row, Key>) -> [[Int]] {
  var seen: [Key: Int] = [:]
  var waves: [[Int]] = []
  for (position, row) in rows.enumerated() {
    let wave = seen[row[keyPath: key], default: 0]
    seen[row[keyPath: key]] = wave + 1
    if wave == waves.count { waves.append([]) }
    waves[wave].append(position)
  }
  return waves
}
