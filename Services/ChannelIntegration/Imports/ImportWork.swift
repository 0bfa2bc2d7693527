import CustomerBase
import JSON
import Models
import Postgres
import Server
import Tables

/// The work of `imports.start`.
///
/// A part of the file is written in one transaction together with the place where the next one begins: whoever takes the
/// job after its worker died goes on there, and nothing is doubled or left out.
struct ImportWork: Work {
  static let name = "imports.start"

  var upload: ID<Upload>
  var kind: ImportKind
  var mode: ImportMode
  var source: SourceName
  var mapping: ImportMapping?
  /// Nil for JSON Lines.
  var dialect: FoundDialect?
  /// Who may see what was rejected.
  var owner: String

  func run(_ job: JobRun) async throws -> JobResult<ImportResult> {
    switch kind {
    case .profiles: try await run(job, ProfileTarget.self)
    case .orders: try await run(job, OrderTarget.self)
    case .products: try await run(job, ProductTarget.self)
    case .consents: try await run(job, ConsentTarget.self)
    }
  }

  private func run<Target: ImportTarget>(_ job: JobRun, _ type: Target.Type) async throws -> JobResult<ImportResult> {
    let start = dialect?.start ?? TablePlace()
    let begun = try await job.writeAgain { base in
      try await ImportState.begin(job.job.job, owner: owner, at: start, in: base)
    }
    let file: StoredFile? = try await job.pool.shared.first(
      """
      SELECT id, owner, media_type, bytes FROM channel_integration.files
      WHERE id = \(upload) AND completed_at IS NOT NULL
      """)
    guard let file else { throw Self.gone }
    let purposes: [String] = try await job.pool.shared.all("SELECT key FROM base.purposes")
    let target = Target(
      RowReader(kind: kind, mapping: mapping, source: source, dialect: dialect), purposes: Set(purposes))
    let parts = ImportParts(file, target, dialect, from: begun, job.pool.shared)
    let state = try await take(parts, target, from: begun, of: file.bytes, job)
    let hasErrors = state.errorBytes > 0
    let result = ImportResult(
      mode: mode, rows: state.rows, new: state.tally.new, changed: state.tally.changed,
      duplicate: state.tally.duplicate,
      ambiguous: mode == .validate && kind == .profiles ? state.tally.ambiguous ?? 0 : nil,
      rejected: state.tally.rejected, firstErrors: state.firstErrors,
      errors: hasErrors ? "/imports/\(job.job.job)/errors" : nil)
    return JobResult(result) { base in
      if hasErrors { try await completeErrors(of: job.job.job, in: base) }
      _ = base.database.send("DELETE FROM channel_integration.import_keys WHERE job = \(job.job.job)")
      // What was validated is there to be imported; what was imported is not needed any more.
      if mode == .upsert { StoredFile.remove(upload, in: base) }
    }
  }

  private func take<Target: ImportTarget>(
    _ parts: ImportParts<Target>, _ target: Target, from begun: ImportState, of bytes: Int, _ job: JobRun
  ) async throws -> ImportState {
    var state = begun
    do {
      var next = try await parts.next()
      while let part = next {
        // The next part is read while this one is written.
        async let following = parts.next()
        state = try await write(part, target, after: state, of: bytes, job)
        next = try await following
      }
    } catch let fault as TableFault {
      throw Failure.fileUnreadable.about("the record of line \(fault.line) \(fault.reason)")
    } catch is FileGone {
      throw Self.gone
    }
    return state
  }

  private func write<Target: ImportTarget>(
    _ part: ImportPart<Target.Record>, _ target: Target, after state: ImportState, of bytes: Int, _ job: JobRun
  ) async throws -> ImportState {
    try await job.writeAgain { base in
      var (state, part) = (state, part)
      try await refuseErased(&part, target, in: base)
      let repeated = try await repeated(&part, job.job.job, in: base)
      let records = part.items.map(\.record)
      if !records.isEmpty {
        switch mode {
        case .upsert: state.tally.count(try await target.write(records, in: base))
        case .validate: state.tally.count(try await target.compare(records, in: base), repeated: repeated)
        }
      }
      state.tally.rejected += part.rejected.count
      try await keepErrors(part.rejected, &state, job.job.job, in: base)
      state.rows += part.rows
      state.place = part.end
      try await state.keep(for: job.job.job, in: base)
      // A job that was cancelled, or went to another worker, takes back what was written.
      guard try await CustomerBase.report(Double(part.end.byte) / Double(max(1, bytes)), of: job.job, in: base.database)
      else { throw CancellationError() }
      return state
    }
  }

  /// Rejects what is of people who were erased.
  private func refuseErased<Target: ImportTarget>(
    _ part: inout ImportPart<Target.Record>, _ target: Target, in base: CustomerBase
  ) async throws {
    let values = part.items.map { target.erasedValues(of: $0.record) }
    let erased = try await base.erased(among: values.flatMap(\.self))
    guard !erased.isEmpty else { return }
    part.reject(
      Set(values.indices.filter { values[$0].contains(where: erased.contains) }),
      RowFault(path: "", rule: Failure.erased.type, message: Failure.erased.message))
  }

  /// The positions of items whose records came before in the file. An order that comes again would take the lines away
  /// that it was first told with, so it is rejected.
  private func repeated<Record>(
    _ part: inout ImportPart<Record>, _ job: ID<Job>, in base: CustomerBase
  ) async throws -> Set<Int> {
    guard mode == .validate || kind == .orders && mapping != nil else { return [] }
    let keyed = part.items.indices.filter { part.items[$0].key != nil }
    guard !keyed.isEmpty else { return [] }
    let first: [Bool] = try await base.database.all(
      """
      WITH given AS (
        SELECT md5(g.key)::uuid AS key, g.position
        FROM unnest(\(keyed.compactMap { part.items[$0].key })) WITH ORDINALITY AS g (key, position)
      ), added AS (
        INSERT INTO channel_integration.import_keys (job, key)
        SELECT DISTINCT \(job)::uuid, g.key FROM given g
        ON CONFLICT ON CONSTRAINT import_keys_pkey DO NOTHING
        RETURNING key
      )
      SELECT a.key IS NOT NULL AND row_number() OVER (PARTITION BY g.key ORDER BY g.position) = 1
      FROM given g LEFT JOIN added a ON a.key = g.key
      ORDER BY g.position
      """)
    let repeated = Set(zip(keyed, first).filter { !$0.1 }.map(\.0))
    guard kind == .orders, mapping != nil else { return repeated }
    part.reject(
      repeated,
      RowFault(
        path: "", rule: "adjacent", message: "is of an order that came before: the rows of an order follow each other"))
    return []
  }

  private func keepErrors(
    _ rejected: [(row: ImportRow, fault: RowFault)], _ state: inout ImportState, _ job: ID<Job>, in base: CustomerBase
  ) async throws {
    guard !rejected.isEmpty else { return }
    let sorted = rejected.sorted { $0.row.number < $1.row.number }
    let faults = sorted.map { row, fault in
      ImportFault(row: row.number, line: row.line, path: fault.path, rule: fault.rule, message: fault.message)
    }
    state.firstErrors += faults.prefix(10 - state.firstErrors.count)
    var bytes: [UInt8] = []
    if state.errorBytes == 0, dialect != nil {
      appendCSV(["row", "line", "path", "rule", "message", "text"], to: &bytes)
    }
    for (fault, row) in zip(faults, sorted.map(\.row)) {
      let text = String(decoding: row.bytes, as: UTF8.self).trimmingLineEnd()
      if dialect != nil {
        appendCSV(["\(fault.row)", "\(fault.line)", fault.path, fault.rule, fault.message, text], to: &bytes)
      } else {
        bytes += try encodeJSON(RejectedLine(fault, text: text)) + [UInt8(ascii: "\n")]
      }
    }
    let file: ID<Upload>
    if state.errorBytes == 0 {
      file = base.ids.make()
      // As long as the import may take.
      StoredFile.begin(
        file, .errors, of: owner, mediaType: (dialect == nil ? ImportFormat.jsonl : .csv).mediaType,
        keptSeconds: StoredFile.keptSeconds, in: base)
      _ = base.database.send("UPDATE channel_integration.imports SET errors = \(file) WHERE job = \(job)")
    } else {
      guard let known = try await errorFile(of: job, in: base) else { throw FileGone() }
      file = known
    }
    try await StoredFile.append(bytes, to: file, at: state.errorBytes, in: base)
    state.errorBytes += bytes.count
  }

  private func errorFile(of job: ID<Job>, in base: CustomerBase) async throws -> ID<Upload>? {
    try await base.database.first(
      "SELECT errors FROM channel_integration.imports WHERE job = \(job) AND errors IS NOT NULL")
  }

  private func completeErrors(of job: ID<Job>, in base: CustomerBase) async throws {
    // Gone with somebody who was erased: then there is nothing to fetch.
    if let file = try await errorFile(of: job, in: base) { try await StoredFile.complete(file, in: base) }
  }

  private static let gone = Failure.notFound.about(
    "upload: it was used, has expired, or went because somebody was erased; send it again, what was imported stays as it is"
  )
}

extension Failure {
  static let fileUnreadable = Failure(
    code: 1003, type: "file_unreadable", message: "The file cannot be read to its end.")
}

extension ImportTally {
  fileprivate mutating func count(_ outcomes: [UpsertOutcome]) {
    for outcome in outcomes {
      switch outcome {
      case .created: new += 1
      case .updated: changed += 1
      case .unchanged: duplicate += 1
      }
    }
  }

  fileprivate mutating func count(_ rows: [ComparedRow], repeated: Set<Int>) {
    count(rows.enumerated().map { repeated.contains($0.offset) ? .unchanged : $0.element.outcome })
    ambiguous = (ambiguous ?? 0) + rows.count { $0.isAmbiguous }
  }
}

/// A line of the file of rejected rows.
private struct RejectedLine: Codable {
  var row: Int
  var line: Int
  var path: String
  var rule: String
  var message: String
  var text: String

  init(_ fault: ImportFault, text: String) {
    (row, line, path, rule, message) = (fault.row, fault.line, fault.path, fault.rule, fault.message)
    self.text = text
  }
}

extension String {
  fileprivate func trimmingLineEnd() -> String {
    var text = self[...]
    while let last = text.last, last.isNewline { text.removeLast() }
    return String(text)
  }
}
