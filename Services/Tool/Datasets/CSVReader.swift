/// Reads records of comma-separated values one at a time (RFC 4180), whatever the size of the file.
///
/// A field may be quoted, with quotes doubled and line ends inside; records end with CRLF or LF, the last one may go
/// without; a mark of byte order is skipped, as are lines without any character. A record has as many fields as the
/// header, or the reading ends with an error that names the line.
public final class CSVReader {
  private let path: String
  private let lines: TextLines
  private var lineNumber = 0
  private var line: [UInt8] = []
  private var endsWithReturn = false
  /// Names of the columns, as the first record gives them, without blanks around.
  public private(set) var header: [String] = []

  private static let quote = UInt8(ascii: "\"")
  private static let comma = UInt8(ascii: ",")

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
    repeat {
      guard try readLine() else { return nil }
    } while line.isEmpty
    let first = lineNumber
    let fields = line[...].position(of: Self.quote) == nil ? plainFields() : try quotedFields()
    guard header.isEmpty || fields.count == header.count else {
      throw DatasetError(
        "\(path) has \(fields.count) fields in the record of line \(first), where its header has \(header.count)")
    }
    return fields
  }

  /// An error that names this file and the line that the last record ends in.
  public func error(_ reason: String) -> DatasetError {
    DatasetError("\(path) \(reason), in line \(lineNumber)")
  }

  /// Reads a line and takes off its CR.
  private func readLine() throws -> Bool {
    line.removeAll(keepingCapacity: true)
    guard try lines.appendNext(to: &line) else { return false }
    lineNumber += 1
    endsWithReturn = line.last == UInt8(ascii: "\r")
    if endsWithReturn { line.removeLast() }
    return true
  }

  private func plainFields() -> [String] {
    var fields: [String] = []
    fields.reserveCapacity(header.count)
    var rest = line[...]
    while let comma = rest.position(of: Self.comma) {
      fields.append(String(decoding: rest[..<comma], as: UTF8.self))
      rest = rest[(comma + 1)...]
    }
    fields.append(String(decoding: rest, as: UTF8.self))
    return fields
  }

  private func quotedFields() throws -> [String] {
    let first = lineNumber
    var fields: [String] = []
    var field: [UInt8] = []
    var isQuoted = false
    var position = 0
    while true {
      if position == line.count {
        guard isQuoted else { break }
        // The line ends inside quotes, so its end belongs to the field.
        field += endsWithReturn ? [UInt8(ascii: "\r"), UInt8(ascii: "\n")] : [UInt8(ascii: "\n")]
        guard try readLine() else {
          throw DatasetError("\(path) ends inside quotes that open in the record of line \(first)")
        }
        position = 0
        continue
      }
      let byte = line[position]
      position += 1
      switch byte {
      case Self.quote where isQuoted && position < line.count && line[position] == Self.quote:
        field.append(Self.quote)
        position += 1
      case Self.quote where isQuoted:
        isQuoted = false
      case Self.quote where position == 1 || line[position - 2] == Self.comma:
        isQuoted = true
      case Self.comma where !isQuoted:
        fields.append(String(decoding: field, as: UTF8.self))
        field.removeAll(keepingCapacity: true)
      default:
        field.append(byte)
      }
    }
    fields.append(String(decoding: field, as: UTF8.self))
    return fields
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
