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

  func run(_ call: Call) async throws -> ImportReport {
    try await rows.imported { rows in
      let erased = try await call.customerBase.erased(among: rows.map(\.reference.erasedValue))
      let isTaken = rows.map { !erased.contains($0.reference.erasedValue) }
      let upserted = try await call.customerBase.upsert(zip(rows, isTaken).filter(\.1).map(\.0))
      call.touch(upserted.map(\.profile))
      var outcomes = upserted.map(\.outcome).makeIterator()
      return isTaken.map { $0 ? outcomes.next() : nil }
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
