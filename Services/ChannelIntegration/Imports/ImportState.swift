import CustomerBase
import JSON
import Models
import Postgres
import Tables

/// How far an import has come, and what became of the rows until there.
struct ImportState: Codable, Sendable {
  /// Where the next part begins.
  var place: TablePlace
  /// Rows until there.
  var rows = 0
  /// Bytes of the file of rejected rows.
  var errorBytes = 0
  var tally = ImportTally()
  var firstErrors: [ImportFault] = []

  /// Where an import stands; begins it where nobody has.
  static func begin(_ job: ID<Job>, owner: String, at start: TablePlace, in base: CustomerBase) async throws
    -> ImportState
  {
    let fresh = ImportState(place: start)
    let expires = base.now.adding(seconds: StoredFile.keptSeconds)
    _ = base.database.send(
      """
      INSERT INTO channel_integration.imports (job, owner, state, expires_at)
      VALUES (\(job), \(owner), \(RawJSON(wellFormed: try encodeJSON(fresh))), \(expires))
      ON CONFLICT ON CONSTRAINT imports_pkey DO NOTHING
      """)
    let state: RawJSON = try await base.database.one(
      "SELECT state FROM channel_integration.imports WHERE job = \(job)")
    return try JSONDocument(parsing: state.utf8).root.decode(ImportState.self)
  }

  /// Keeps the place, in the transaction of what was written until there.
  func keep(for job: ID<Job>, in base: CustomerBase) async throws {
    try await base.database.execute(
      """
      UPDATE channel_integration.imports SET state = \(RawJSON(wellFormed: try encodeJSON(self)))
      WHERE job = \(job)
      """)
  }
}

/// What became of the records of a file; the four add up to them.
struct ImportTally: Codable, Hashable, Sendable {
  /// Records that are new.
  var new = 0
  /// Records of which something changes.
  var changed = 0
  /// Records that say what is known, or come again in the file.
  var duplicate = 0
  /// Records that were not taken.
  var rejected = 0
  /// Of the records that are taken, those whose verified identifiers lead to several customers, whom the import joins.
  /// Told by `validate`.
  var ambiguous: Int?
}

/// What is wrong with a row.
struct ImportFault: Codable, Hashable, Sendable {
  /// Number of the row, from 1; the header is not counted.
  var row: Int
  /// Line of the file that it begins in, from 1.
  var line: Int
  /// The column, as a JSON pointer; empty for the whole row.
  var path: String
  /// Which rule it breaks.
  var rule: String
  /// What is wrong.
  var message: String
}

/// What an import did, or would do.
struct ImportResult: Codable, Sendable {
  /// Whether anything was written.
  var mode: ImportMode
  /// Rows of the file.
  var rows: Int
  /// Records that are new.
  var new: Int
  /// Records of which something changes.
  var changed: Int
  /// Records that say what is known, or come again in the file.
  var duplicate: Int
  /// Of these records, those whose verified identifiers lead to several customers, whom the import would join; told by
  /// `validate` for profiles.
  var ambiguous: Int?
  /// Rows that were not taken.
  var rejected: Int
  /// What is wrong with the first of them, at most ten.
  var firstErrors: [ImportFault]
  /// Path of the service where all rejected rows can be fetched for a week; absent when there are none.
  var errors: String?
}
