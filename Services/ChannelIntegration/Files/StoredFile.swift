import CustomerBase
import Models
import Postgres
import Server

/// A file that is kept in parts in the database, so that every replica has it, and is gone after a while.
struct StoredFile: Codable, Sendable {
  enum Kind: String, Sendable {
    case upload, errors, export
  }

  /// What a part is meant to be long; some are shorter.
  static let partBytes = 256 * 1024
  /// How long a file is kept that nobody has completed, in seconds.
  static let unfinishedSeconds: Int64 = 3600
  /// How long a complete one is, in seconds.
  static let keptSeconds: Int64 = 7 * 86_400

  var id: ID<Upload>
  /// Issuer and subject of the token it was made with.
  var owner: String
  var mediaType: String
  var bytes: Int

  /// A complete file; nil when there is none, or not for this caller.
  static func find(
    _ id: ID<Upload>, _ kind: Kind, for principal: Principal?, at now: Timestamp, in database: any Database
  ) async throws -> StoredFile? {
    let file: StoredFile? = try await database.first(
      """
      SELECT f.id, f.owner, f.media_type, f.bytes FROM channel_integration.files f
      WHERE f.id = \(id) AND f.kind = \(kind.rawValue) AND f.completed_at IS NOT NULL AND f.expires_at > \(now)
      """)
    return file.flatMap { principal.sees(whatIsOf: $0.owner) ? $0 : nil }
  }

  /// Makes an empty file. Sent, not waited for.
  static func begin(
    _ id: ID<Upload>, _ kind: Kind, of owner: String, mediaType: String, keptSeconds: Int64 = unfinishedSeconds,
    in base: CustomerBase
  ) {
    _ = base.database.send(
      """
      INSERT INTO channel_integration.files (id, kind, owner, media_type, created_at, expires_at)
      VALUES (\(id), \(kind.rawValue), \(owner), \(mediaType), \(base.now), \(base.now.adding(seconds: keptSeconds)))
      """)
  }

  /// Adds a part behind the first so many bytes.
  ///
  /// - Throws: `FileGone` when the file is not there any more.
  static func append(
    _ content: [UInt8], to id: ID<Upload>, at start: Int, in base: CustomerBase
  ) async throws {
    let written = try await base.database.execute(
      """
      WITH file AS (
        UPDATE channel_integration.files SET bytes = \(start + content.count)
        WHERE id = \(id) AND completed_at IS NULL AND bytes = \(start)
        RETURNING id
      )
      INSERT INTO channel_integration.file_parts (file, start, content)
      SELECT f.id, \(start), \(content) FROM file f
      """)
    guard written == 1 else { throw FileGone() }
  }

  /// Says that nothing follows: from now on it can be read.
  ///
  /// - Throws: `FileGone` when the file is not there any more.
  static func complete(_ id: ID<Upload>, sha256: [UInt8]? = nil, in base: CustomerBase) async throws {
    let written = try await base.database.execute(
      """
      UPDATE channel_integration.files
      SET completed_at = \(base.now), sha256 = \(sha256), expires_at = \(base.now.adding(seconds: keptSeconds))
      WHERE id = \(id) AND completed_at IS NULL
      """)
    guard written == 1 else { throw FileGone() }
  }

  /// Forgets a file. Sent, not waited for.
  static func remove(_ id: ID<Upload>, in base: CustomerBase) {
    _ = base.database.send("DELETE FROM channel_integration.files WHERE id = \(id)")
  }

  /// The bytes from a place on, as many as its part has; none at the end.
  ///
  /// - Throws: `FileGone` when the file is not there any more.
  func part(from start: Int, in database: any Database) async throws -> [UInt8] {
    guard start < bytes else { return [] }
    let row = try await database.rows(
      """
      SELECT p.start, p.content FROM channel_integration.file_parts p
      WHERE p.file = \(id) AND p.start <= \(start) ORDER BY p.start DESC LIMIT 1
      """
    ).first
    guard let (begin, content) = try row?.decode(Int.self, [UInt8].self), start - begin < content.count else {
      throw FileGone()
    }
    return start == begin ? content : Array(content[(start - begin)...])
  }
}

/// A file has expired, or went because somebody was erased.
struct FileGone: Error {}

extension Principal? {
  /// Staff see every file; partners and integrations what they made themselves.
  func sees(whatIsOf owner: String) -> Bool {
    guard let principal = self else { return false }
    return principal.role == .staff || principal.key == owner
  }
}

/// Forgets files and imports that have had their time.
struct ForgetFiles: Chore {
  static let name = "files.forget"
  static let everySeconds = 60

  static func run(in base: CustomerBase) async throws -> Bool {
    _ = base.database.send("DELETE FROM channel_integration.imports WHERE expires_at <= \(base.now)")
    // A few at a time: each may have four hundred parts.
    try await base.database.execute(
      """
      DELETE FROM channel_integration.files WHERE id IN (
        SELECT f.id FROM channel_integration.files f WHERE f.expires_at <= \(base.now) ORDER BY f.expires_at LIMIT 10
      )
      """)
    return false
  }
}
