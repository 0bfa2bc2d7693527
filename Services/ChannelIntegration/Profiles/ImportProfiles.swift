import CustomerBase
import Models
import Server

/// Imports up to 1,000 records of one source, each as `profiles.upsert` takes it.
///
/// A row that is not in order is rejected by itself. Importing the same rows again changes nothing.
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

  func run(_ call: Call) async throws -> ImportReport {
    try await rows.imported { rows in
      let upserted = try await call.customerBase.upsert(rows)
      call.touch(upserted.map(\.profile))
      return upserted.map(\.outcome)
    } checking: { row, path in
      try ProfileRow.checked(
        ProfileReference(source: source, externalId: row.externalId), row.traits, row.identifiers, at: path)
    }
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
