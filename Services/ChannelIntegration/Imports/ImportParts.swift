import JSON
import Models
import Postgres
import Tables

/// Takes an upload's records out of its bytes, as many at a time as are written in one transaction.
actor ImportParts<Target: ImportTarget> {
  /// Rows and bytes after which a part is full.
  private static var fullRows: Int { 1000 }
  private static var fullBytes: Int { 1 << 20 }
  /// How long a row may be.
  private static var longestRow: Int { 1 << 20 }

  private let upload: StoredFile
  private let target: Target
  private let dialect: FoundDialect?
  private let database: any Database
  private var csv: CSVRecords
  private var lines: LineRecords
  private var read: Int
  private var number: Int
  /// A row that the last part did not take, because it may belong to the next record.
  private var held: (row: ImportRow, end: TablePlace)?

  init(
    _ upload: StoredFile, _ target: Target, _ dialect: FoundDialect?, from state: ImportState, _ database: any Database
  ) {
    self.upload = upload
    self.target = target
    self.dialect = dialect
    self.database = database
    csv = CSVRecords(
      delimiter: dialect?.delimiter ?? UInt8(ascii: ","), encoding: dialect?.encoding ?? .utf8, from: state.place,
      maximumBytes: Self.longestRow)
    lines = LineRecords(from: state.place, maximumBytes: Self.longestRow)
    read = state.place.byte
    number = state.rows
  }

  /// The records that follow; nil at the end.
  func next() async throws -> ImportPart<Target.Record>? {
    var part = ImportPart<Target.Record>()
    var group: [ImportRow] = []
    var bytes = 0
    while let (row, end) = try await nextRow() {
      let isOfGroup = try await belongs(row, to: group)
      if !group.isEmpty, !isOfGroup {
        part.take(group, target)
        group = []
        if part.rows >= Self.fullRows || bytes >= Self.fullBytes {
          held = (row, end)
          return part
        }
      }
      group.append(row)
      bytes += row.bytes.count
      part.end = end
    }
    if !group.isEmpty { part.take(group, target) }
    return part.rows == 0 ? nil : part
  }

  private func belongs(_ row: ImportRow, to group: [ImportRow]) async throws -> Bool {
    guard let first = group.first, let key = target.reader.group(row) else { return false }
    return target.reader.group(first) == key
  }

  private func nextRow() async throws -> (ImportRow, TablePlace)? {
    if let (row, end) = held {
      held = nil
      return (row, end)
    }
    while true {
      if let dialect {
        if let record = try csv.next() {
          number += 1
          return (row(record, dialect), csv.place)
        }
      } else if let (bytes, line) = try lines.next() {
        number += 1
        return (ImportRow(number: number, line: line, bytes: bytes, content: content(bytes)), lines.place)
      }
      guard read < upload.bytes else { return nil }
      let bytes = try await upload.part(from: read, in: database)
      read += bytes.count
      csv.append(bytes)
      lines.append(dialect == nil ? bytes : [])
      if read >= upload.bytes {
        csv.finish()
        lines.finish()
      }
    }
  }

  private func row(_ record: CSVRecord, _ dialect: FoundDialect) -> ImportRow {
    var content = ImportRow.Content.cells(record.fields)
    if record.fields.count != dialect.header.count {
      content = .fault(
        RowFault(
          path: "", rule: "columns",
          message: "has \(record.fields.count) fields where the header has \(dialect.header.count)"))
    } else if !record.isWellEncoded {
      content = .fault(RowFault(path: "", rule: "encoding", message: "is not text of \(dialect.encoding.rawValue)"))
    }
    return ImportRow(number: number, line: record.line, bytes: record.bytes, content: content)
  }

  private func content(_ bytes: [UInt8]) -> ImportRow.Content {
    do throws(JSONSyntaxError) {
      // A mark of byte order may stand before the first line.
      let hasMark = number == 1 && bytes.starts(with: [0xef, 0xbb, 0xbf])
      let root = try JSONDocument(parsing: hasMark ? Array(bytes.dropFirst(3)) : bytes).root
      guard root.kind == .object else { return .fault(RowFault(path: "", rule: "type", message: "is no object")) }
      return .object(root)
    } catch {
      return .fault(
        RowFault(
          path: "", rule: "syntax", message: "is no JSON: \(error.reason.rawValue) after \(error.offset) bytes"))
    }
  }
}

/// Records that are written together.
struct ImportPart<Record: Sendable>: Sendable {
  /// A record and the rows it was read of.
  struct Item: Sendable {
    let record: Record
    let key: String?
    let rows: [ImportRow]
  }

  private(set) var items: [Item] = []
  private(set) var rejected: [(row: ImportRow, fault: RowFault)] = []
  private(set) var rows = 0
  /// Where the next part begins.
  var end = TablePlace()

  mutating func take<Target: ImportTarget>(_ group: [ImportRow], _ target: Target) where Target.Record == Record {
    rows += group.count
    do throws(RowFault) {
      let record = try target.record(of: group)
      items.append(Item(record: record, key: target.key(of: record), rows: group))
    } catch {
      reject(group, error)
    }
  }

  /// Every row of a record goes with it.
  mutating func reject(_ group: [ImportRow], _ fault: RowFault) {
    rejected += group.map { ($0, fault) }
  }

  /// Rejects the items at these positions.
  mutating func reject(_ positions: Set<Int>, _ fault: RowFault) {
    for position in positions.sorted() { reject(items[position].rows, fault) }
    items = items.indices.filter { !positions.contains($0) }.map { items[$0] }
  }
}
