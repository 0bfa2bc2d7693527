import CustomerBase
import Models
import Server

/// Imports up to 1,000 records of one source, each as `profiles.upsert` takes it.
///
/// A row that is not in order is rejected by itself, and with type `erased` one of an erased person. Importing the same
/// rows again changes nothing.
struct ImportProfiles: Method, Bulk {
  static let name = "profiles.import"
  static let access = Access.write(.profiles)

  /// System the records come from.
  var source: SourceName
  /// Records; two of one id take effect in their order.
  var rows: Rows<ImportedProfile>

  static func example(in _: ExampleData) -> ImportProfiles {
    ImportProfiles(
      source: .crm,
      rows: Rows([ImportedProfile(externalId: .example, traits: ["locality": RawJSON(wellFormed: "\"Bonn\"")])]))
  }

  func run(_ call: Call) async throws -> ProfileImportReport {
    var refused: [RefusedRecordLink] = []
    let report = try await rows.imported { rows in
      let erased = try await call.customerBase.erased(among: rows.map(\.reference.erasedValue))
      let isTaken = rows.map { !erased.contains($0.reference.erasedValue) }
      let taken = zip(rows, isTaken).filter(\.1).map(\.0)
      let upserted = try await call.customerBase.upsert(taken)
      call.touch(upserted.map(\.profile))
      // Of a record that comes twice, once.
      var told: Set<ID<Profile>> = []
      for (row, upserted) in zip(taken, upserted) where told.insert(upserted.profile).inserted {
        refused += upserted.refused.map { RefusedRecordLink(externalId: row.reference.externalId, $0) }
      }
      var outcomes = upserted.map(\.outcome).makeIterator()
      return isTaken.map { $0 ? outcomes.next() : nil }
    } checking: { row, path in
      try ProfileRow.checked(
        ProfileReference(source: source, externalId: row.externalId), row.traits, row.identifiers, at: path)
    }
    return ProfileImportReport(
      accepted: report.accepted, updated: report.updated, unchanged: report.unchanged, rejected: report.rejected,
      refused: refused)
  }
}

/// What became of the records of an import; the four kinds of rows add up to the rows.
struct ProfileImportReport: Codable, Sendable {
  /// Rows that made something new.
  var accepted: Int
  /// Rows that changed something.
  var updated: Int
  /// Rows that said what was known.
  var unchanged: Int
  /// Rows that were not taken.
  var rejected: [RejectedRow]
  /// Links that values of rows which were taken speak for and that are not made.
  var refused: [RefusedRecordLink]
}

/// A link that a record's value speaks for and that is not made.
struct RefusedRecordLink: Codable, Sendable {
  /// The record, by its id in its source.
  var externalId: ExternalID
  /// Kind and value that both profiles carry, as `email:info@example.com`.
  var evidence: String
  /// Profile that it would have been linked with.
  var with: ID<Profile>
  /// Why it is not.
  var reason: LinkRefusal

  init(externalId: ExternalID, _ link: RefusedLink) {
    self.externalId = externalId
    evidence = link.evidence
    with = link.with
    reason = link.reason
  }
}

/// A record of an import.
struct ImportedProfile: Codable, Sendable {
  /// Id of the record in its source.
  var externalId: ExternalID
  /// What the source says of the person, by name; `null` removes a trait.
  var traits: [String: RawJSON]?
  /// What the person can be recognised by.
  var identifiers: [Identifier]?
}
