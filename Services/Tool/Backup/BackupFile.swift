import Foundation
import Postgres
import Server

/// A file that may be a backup of a suite, looked at before anything is done with it.
struct BackupFile: Sendable {
  let path: String
  let format: BackupFormat

  /// Opens the file; refuses what is no dump of PostgreSQL's, or one of SQL that was cut off.
  init(path: String) throws {
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw Fault("\(path) cannot be read: is it there, and may you read it?")
    }
    defer { try? file.close() }
    self.path = path
    let head = try file.read(upToCount: 512) ?? Data()
    if head.starts(with: Array("PGDMP".utf8)) {
      format = .custom
    } else if head.range(of: Data("PostgreSQL database dump".utf8)) != nil {
      format = .plain
      let end = try file.seekToEnd()
      try file.seek(toOffset: end - min(end, 512))
      let tail = try file.readToEnd() ?? Data()
      guard tail.range(of: Data("PostgreSQL database dump complete".utf8)) != nil else { throw cutOff() }
    } else {
      throw Fault("\(path) is no backup: name a file that `ecrm backup` wrote.")
    }
  }

  private func cutOff(_ detail: String = "") -> Fault {
    Fault("\(path) is cut off or damaged\(detail): take another copy of it. Nothing was changed.")
  }

  /// Reads the file to its end and refuses one that is damaged, where its format lets that be seen.
  func requireWhole(_ client: PostgresClient) async throws {
    guard format == .custom else { return }
    let output = FirstError()
    let status = try await client.program("pg_restore", arguments: ["--file=/dev/null", path]).run { output.see($0) }
    guard status == 0 else { throw cutOff(" (\(output.text))") }
  }

  /// Refuses a dump of another database than a suite's, and one that a newer version of the suite has written.
  func requireKnownSchema(_ client: PostgresClient) async throws {
    let applied = try await migrations(client)
    guard !applied.isEmpty else {
      throw Fault("\(path) is a dump of another database than a suite's: name a file that `ecrm backup` wrote.")
    }
    let known = try SuiteDatabase.whole.schemas.flatMap { schema in
      try schema.numbered().map { "\(schema.schema)/\($0.version)" }
    }
    guard let unknown = applied.first(where: { !known.contains("\($0.schema)/\($0.version)") }) else { return }
    throw Fault(
      "\(path) is of a newer version of the suite: it has migration \(unknown.name) of schema \(unknown.schema), which "
        + "this program does not know. Restore it with that version. Nothing was changed.")
  }

  private struct Applied {
    let schema: Substring
    let version: Substring
    let name: Substring
  }

  /// The rows of `public.schema_migrations` in the file; none where it has no such table.
  private func migrations(_ client: PostgresClient) async throws -> [Applied] {
    switch format {
    case .custom:
      let rows = CopiedRows()
      let output = FirstError()
      let arguments = ["--data-only", "--schema=public", "--table=schema_migrations", "--file=-", path]
      let status = try await client.program("pg_restore", arguments: arguments).run {
        rows.see($0)
        output.see($0)
      }
      guard status == 0 else { throw cutOff(" (\(output.text))") }
      return rows.all.compactMap(applied)
    case .plain:
      let bytes = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
      let begin = Data("\nCOPY public.schema_migrations ".utf8)
      guard let start = bytes.range(of: begin)?.upperBound,
        let end = bytes.range(of: Data("\n\\.\n".utf8), in: start..<bytes.endIndex)?.lowerBound
      else { return [] }
      return String(decoding: bytes[start..<end], as: UTF8.self).split(separator: "\n").dropFirst().compactMap(applied)
    }
  }

  private func applied(_ line: some StringProtocol) -> Applied? {
    let fields = String(line).split(separator: "\t")
    return fields.count > 2 ? Applied(schema: fields[0], version: fields[1], name: fields[2]) : nil
  }

  /// Loads everything into an empty database, showing how far it is on standard error.
  func load(into connection: ConnectionString, serverMajor: Int) async throws {
    let client = PostgresClient(connection, serverMajor: serverMajor)
    let output = FirstError()
    switch format {
    case .custom:
      let jobs = max(1, min(4, ProcessInfo.processInfo.activeProcessorCount))
      let program = try client.program(
        "pg_restore",
        arguments: [
          "--exit-on-error", "--no-owner", "--no-privileges", "--no-comments", "--verbose", "--jobs=\(jobs)",
          client.database, path,
        ])
      let watch = LoadWatch.ofArchive(items: try items(client))
      let status = try await program.run {
        watch.see($0)
        output.see($0)
      }
      watch.finish()
      guard status == 0 else { throw refused("pg_restore", status, output) }
    case .plain:
      let program = try client.program(
        "psql",
        arguments: ["--no-psqlrc", "--set=ON_ERROR_STOP=1", "--file=\(path)", client.database])
      let watch = LoadWatch.ofSQL(tables: try tables())
      let status = try await program.run {
        watch.see($0)
        output.see($0)
      }
      watch.finish()
      guard status == 0 else { throw refused("psql", status, output) }
    }
  }

  /// How many things an archive holds.
  private func items(_ client: PostgresClient) throws -> Int {
    let (status, list) = try client.program("pg_restore", arguments: ["--list", path]).run()
    guard status == 0 else { throw cutOff() }
    return list.split(separator: "\n").count { !$0.hasPrefix(";") }
  }

  /// How many tables a file of SQL copies rows into.
  private func tables() throws -> Int {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
    let begin = Data("\nCOPY ".utf8)
    var count = 0
    var place = bytes.startIndex
    while let found = bytes.range(of: begin, in: place..<bytes.endIndex) {
      count += 1
      place = found.upperBound
    }
    return count
  }

  private func refused(_ program: String, _ status: Int32, _ output: FirstError) -> Fault {
    Fault(
      "\(path) cannot be loaded: \(program) ended with \(describeEnd(status)) (\(output.text)). Nothing was changed.")
  }
}
