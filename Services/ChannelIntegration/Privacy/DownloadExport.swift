import CustomerBase
import Foundation
import Models
import Postgres
import Server

/// Gives a part of an export's archive, as long as it is kept; the parts one after another are the ZIP file.
struct DownloadExport: Method {
  static let name = "privacy.download"
  static let access = Access.snapshot(.privacy, only: [.staff, .service])
  static let failures: [Failure] = [.notFound]

  /// The export, as the result of its job names it.
  var export: ID<StoredExport>
  /// Which part, from 0; the first when absent.
  var part: Int?

  static func example(in data: ExampleData) -> DownloadExport { DownloadExport(export: ID(data.export)) }

  func run(_ call: Call) async throws -> ExportPart {
    let row = try await call.database.rows(
      """
      SELECT p.content, e.parts::int8 FROM channel_integration.archives e
      JOIN channel_integration.archive_parts p ON p.archive = e.id
      WHERE e.id = \(export) AND p.number = \(part ?? 0)::int8 AND e.expires_at > \(call.now)
      """
    ).first
    guard let (content, parts) = try row?.decode([UInt8].self, Int.self) else {
      throw Failure.notFound.about("export")
    }
    return ExportPart(content: Data(content).base64EncodedString(), parts: parts)
  }
}

/// A part of an archive.
struct ExportPart: Codable, Sendable {
  /// The bytes, in Base64.
  var content: String
  /// How many parts the archive has.
  var parts: Int
}
