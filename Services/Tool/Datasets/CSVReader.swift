import Tables

/// Reads records of comma-separated values one at a time (RFC 4180), whatever the size of the file.
///
/// A field may be quoted, with quotes doubled and line ends inside; records end with CRLF or LF, the last one may go
/// without; a mark of byte order is skipped, as are lines without any character. A record has as many fields as the
/// header, or the reading ends with an error that names the line.
public final class CSVReader {
  private let path: String
  private let lines: TextLines
  private var records = CSVRecords()
  /// Names of the columns, as the first record gives them, without blanks around.
  public private(set) var header: [String] = []

  /// Opens a file whose first record names the columns; a name that ends with `.gz` is unpacked on the way.
  public init(path: String) throws {
    self.path = path
    lines = try TextLines(path: path)
    guard let names = try next() else { throw DatasetError("\(path) is empty: it should begin with column names") }
    header = names.map(trimmed)
    if let first = header.first, first.hasPrefix("\u{FEFF}") { header[0] = String(first.dropFirst()) }
  }

  /// The place of each of these columns, in the order asked for.
  ///
  /// Throws when the file lacks one.
  public func columns(_ names: String...) throws -> [Int] {
    try names.map { name in
      guard let place = header.firstIndex(of: name) else {
        throw DatasetError("\(path) has no column \(name)")
      }
      return place
    }
  }

  /// The next record's fields, nil at the end.
  public func next() throws -> [String]? {
    guard let record = try nextRecord() else { return nil }
    guard header.isEmpty || record.fields.count == header.count else {
      throw DatasetError(
        "\(path) has \(record.fields.count) fields in the record of line \(record.line), where its header has "
          + "\(header.count)")
    }
    return record.fields
  }

  /// An error that names this file and the line that the last record ends in.
  public func error(_ reason: String) -> DatasetError {
    DatasetError("\(path) \(reason), in line \(records.place.line)")
  }

  private func nextRecord() throws -> CSVRecord? {
    do {
      while true {
        if let record = try records.next() { return record }
        guard let block = try lines.nextBlock() else {
          records.finish()
          return try records.next()
        }
        records.append(block)
      }
    } catch let fault as TableFault {
      throw DatasetError("\(path) \(fault.reason)")
    }
  }
}

/// The text without blanks around it.
func trimmed(_ text: String) -> String {
  var rest = text[...]
  while rest.first == " " || rest.first == "\t" { rest.removeFirst() }
  while rest.last == " " || rest.last == "\t" { rest.removeLast() }
  return String(rest)
}

/// The text without blanks around it, nil when nothing remains.
func present(_ text: String) -> String? {
  let text = trimmed(text)
  return text.isEmpty ? nil : text
}
