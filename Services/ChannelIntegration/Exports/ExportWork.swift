import CustomerBase
import Models
import Postgres
import Server
import Tables

/// The work of `exports.start`.
struct ExportWork: Work {
  static let name = "exports.start"

  var kind: ImportKind
  var format: ImportFormat
  var source: SourceName?
  /// Who may fetch the file.
  var owner: String

  func run(_ job: JobRun) async throws -> JobResult<ExportResult> {
    for _ in 0..<5 {
      do {
        let (file, result) = try await attempt(job)
        return JobResult(result) { base in
          do {
            try await StoredFile.complete(file, in: base)
          } catch is FileGone {
            throw Self.disturbed
          }
        }
      } catch is FileGone {
        // Somebody was erased, whom the state that was read still knew.
        continue
      }
    }
    throw Self.disturbed
  }

  private static let disturbed = Failure.conflict.about("people were erased while the file was written; start it again")

  private func attempt(_ job: JobRun) async throws -> (ID<Upload>, ExportResult) {
    let file: ID<Upload> = job.ids.make()
    try await job.write { base in
      // What another worker, or an earlier attempt, has left.
      _ = base.database.send(
        """
        DELETE FROM channel_integration.files f USING channel_integration.exports e
        WHERE e.job = \(job.job.job) AND f.id = e.file
        """)
      StoredFile.begin(
        file, .export, of: owner, mediaType: format.mediaType, keptSeconds: StoredFile.keptSeconds, in: base)
      _ = base.database.send(
        "INSERT INTO channel_integration.exports (job, owner, file) VALUES (\(job.job.job), \(owner), \(file))")
    }
    var rows = 0
    var bytes = 0
    try await job.snapshot { database in
      var pages = try await ExportPages(kind: kind, format: format, source: source, database)
      var part: [UInt8] = pages.beginning
      while let found = try await pages.next(into: &part, database) {
        rows += found
        if part.count >= StoredFile.partBytes {
          try await write(part, to: file, at: &bytes, job)
          part.removeAll(keepingCapacity: true)
          try await job.report(pages.progress)
        }
      }
      if !part.isEmpty { try await write(part, to: file, at: &bytes, job) }
    }
    return (file, ExportResult(rows: rows, bytes: bytes, file: "/exports/\(job.job.job)"))
  }

  private func write(_ part: [UInt8], to file: ID<Upload>, at start: inout Int, _ job: JobRun) async throws {
    let place = start
    try await job.write { try await StoredFile.append(part, to: file, at: place, in: $0) }
    start += part.count
  }
}

/// What an export wrote.
struct ExportResult: Codable, Sendable {
  /// Rows of the file, a header not counted.
  var rows: Int
  /// How long it is.
  var bytes: Int
  /// Path of the service where it can be fetched for a week.
  var file: String
}
