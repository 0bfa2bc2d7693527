import Crypto
import CustomerBase
import JSON
import Models
import Postgres
import Server

/// Makes the archive of everything that is stored of a customer.
struct ExportCustomerWork: Work {
  static let name = "privacy.export"
  /// How large a part of an archive is, so that a call's answer takes one.
  static let partBytes = 512 * 1024
  static let keptSeconds: Int64 = 7 * 86_400

  /// The customer, by any of its profiles.
  var customer: ID<Customer>

  func run(_ job: JobRun) async throws -> JobResult<FinishedExport> {
    let (profiles, facts) = try await job.snapshot { database in
      let base = CustomerBase(database: database, now: job.now, ids: job.ids, author: job.author)
      let profiles = try await base.profiles(of: customer)
      return (profiles, try await ExportedTable.all(of: profiles, in: database))
    }
    var archive = ZipArchive(at: job.now)
    var files: [ExportManifest.File] = []
    for fact in facts {
      let content = Array(fact.lines.joined(separator: "\n").utf8) + [UInt8(ascii: "\n")]
      let name = "\(fact.table).jsonl"
      archive.add(name, content)
      files.append(
        ExportManifest.File(
          name: name, rows: fact.lines.count, digest: Array(SHA256.hash(data: content)).hexadecimal))
    }
    let manifest = ExportManifest(format: "ecrm-export-1", exportedAt: job.now, profiles: profiles, files: files)
    archive.add("manifest.json", try encodeJSON(manifest, sortedKeys: true))
    let bytes = archive.finished()
    let export = job.ids.make(StoredExport.self)
    let parts = stride(from: 0, to: bytes.count, by: Self.partBytes).map {
      Array(bytes[$0..<min(bytes.count, $0 + Self.partBytes)])
    }
    let expiresAt = job.now.adding(seconds: Self.keptSeconds)
    let result = FinishedExport(
      export: export, bytes: bytes.count, parts: parts.count, digest: Array(SHA256.hash(data: bytes)).hexadecimal,
      expiresAt: expiresAt)
    return JobResult(result) { base in
      // An erasure may have come between.
      try await base.requireNotErased(profiles)
      try await base.database.execute(
        """
        INSERT INTO channel_integration.archives (id, profiles, parts, expires_at)
        VALUES (\(export), \(profiles), \(parts.count), \(expiresAt))
        """)
      for (number, part) in parts.enumerated() {
        _ = base.database.send(
          """
          INSERT INTO channel_integration.archive_parts (archive, number, content) VALUES (\(export), \(number), \(part))
          """)
      }
      base.append(
        try profiles.map { try JournalEntry(subject: $0, type: "profile.exported", payload: ["export": "\(export)"]) })
    }
  }
}

/// What an export is called.
enum StoredExport {}

/// Result of the job of an export.
struct FinishedExport: Codable, Sendable {
  var export: ID<StoredExport>
  /// Size of the archive.
  var bytes: Int
  /// How many parts `privacy.download` gives it in.
  var parts: Int
  /// SHA-256 of the archive, in hexadecimal digits.
  var digest: String
  /// When it is removed.
  var expiresAt: Timestamp
}

/// What an archive holds, as its `manifest.json` tells.
struct ExportManifest: Codable, Sendable {
  struct File: Codable, Sendable {
    var name: String
    var rows: Int
    /// SHA-256, in hexadecimal digits.
    var digest: String
  }

  var format: String
  var exportedAt: Timestamp
  var profiles: [ID<Profile>]
  var files: [File]
}

/// Rows of a table that are about somebody, each a JSON object in a line.
struct ExportedTable: Sendable {
  let table: String
  let lines: [String]

  /// What only serves to find rows, and says nothing that is not in the rows themselves.
  private static let lookups: Set<String> = ["base.profile_keys", "base.order_keys", "base.match_keys", "base.members"]

  /// Of every table that names profiles, whoever brought it.
  static func all(of profiles: [ID<Profile>], in database: any Database) async throws -> [ExportedTable] {
    let schemas = try await Eraser.schemas(in: database)
    let tables = try await database.rows(
      """
      SELECT n.nspname::text, c.relname::text,
        array_agg(a.attname::text ORDER BY a.attname) FILTER (WHERE a.atttypid = 'uuid'::regtype),
        bool_or(a.atttypid = 'uuid[]'::regtype)
      FROM pg_attribute a
      JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname = ANY (\(schemas)) AND NOT a.attisdropped
        AND (a.atttypid = 'uuid'::regtype AND (a.attname IN ('profile', 'subject', 'customer', 'a', 'b')
            OR n.nspname = 'base' AND c.relname = 'profiles' AND a.attname = 'id')
          OR a.atttypid = 'uuid[]'::regtype AND a.attname = 'profiles')
      GROUP BY 1, 2 ORDER BY 1, 2
      """)
    var facts: [ExportedTable] = []
    for row in tables {
      let (schema, name, columns, isShared) = try row.decode(String.self, String.self, [String]?.self, Bool.self)
      let table = "\(schema).\(name)"
      guard !lookups.contains(table) else { continue }
      var condition: SQL = isShared ? "t.profiles && \(profiles)" : "false"
      for column in columns ?? [] {
        condition = "\(condition) OR t.\(SQL(identifier: column)) = ANY (\(profiles))"
      }
      let lines: [String] = try await database.all(
        """
        SELECT (to_jsonb(t) - 'salt' - 'digest' - 'fingerprint' - 'request')::text
        FROM \(SQL(identifier: schema)).\(SQL(identifier: name)) AS t WHERE \(condition)
        """)
      if !lines.isEmpty { facts.append(ExportedTable(table: table, lines: lines)) }
    }
    return facts
  }
}

/// Removes exports that nobody may fetch any more.
struct ForgetExports: Chore {
  static let name = "privacy.forgetExports"
  static let everySeconds = 600

  static func run(in base: CustomerBase) async throws -> Bool {
    try await base.database.execute("DELETE FROM channel_integration.archives WHERE expires_at <= \(base.now)")
    return false
  }
}
