import Models
import Server
import Tables

/// How a file is written.
enum ImportFormat: String, Codable, CaseIterable, Sendable {
  /// Comma-separated values with a header (RFC 4180).
  case csv
  /// An object a line.
  case jsonl

  var mediaType: String {
    switch self {
    case .csv: "text/csv; charset=utf-8"
    case .jsonl: "application/jsonl"
    }
  }
}

/// How comma-separated values are written; what is absent is found out from the file's beginning.
struct ImportDialect: Codable, Sendable {
  /// `,`, `;`, `|` or a tabulator.
  var delimiter: String?
  /// How bytes are text.
  var encoding: ImportEncoding?
  /// Whether numbers have a comma before their decimals, and points between thousands or none.
  var decimalComma: Bool?
}

/// How the bytes of a file are text.
enum ImportEncoding: String, Codable, CaseIterable, Sendable {
  /// UTF-8.
  case utf8
  /// What spreadsheets on Windows write in Western Europe.
  case windows1252
}

/// A dialect that is known, with the header of its file.
struct FoundDialect: Codable, Sendable {
  static let delimiters: [UInt8] = [",", ";", "\t", "|"].map { UInt8(ascii: $0) }

  var delimiter: UInt8
  var encoding: TextEncoding
  var decimalComma: Bool
  var header: [String]
  /// Where the first row begins.
  var start: TablePlace

  /// The delimiter that the header line has most of, UTF-8 unless the beginning is none.
  ///
  /// - Throws: `InvalidParam` when the file has no header.
  init(_ given: ImportDialect?, beginning: [UInt8]) throws {
    let delimiter = try given?.delimiter.map(Self.delimiter)
    self.delimiter = delimiter ?? Self.likelyDelimiter(of: beginning)
    encoding = (given?.encoding).map { $0 == .utf8 ? .utf8 : .windows1252 } ?? Self.likelyEncoding(of: beginning)
    decimalComma = given?.decimalComma ?? false
    var records = CSVRecords(delimiter: self.delimiter, encoding: encoding)
    records.append(beginning)
    records.finish()
    let record: CSVRecord?
    do throws(TableFault) {
      record = try records.next()
    } catch {
      throw InvalidParam(path: "/params/upload", rule: "header", message: error.reason)
    }
    guard let record else {
      throw InvalidParam(path: "/params/upload", rule: "header", message: "is an empty file")
    }
    header = record.fields.map { name in
      String(
        name.drop(while: { $0 == "\u{FEFF}" || $0.isWhitespace }).reversed().drop(while: \.isWhitespace).reversed())
    }
    start = records.place
    var seen: Set<String> = []
    for name in header where !seen.insert(name).inserted {
      throw InvalidParam(path: "/params/upload", rule: "header", message: "has the column “\(name)” twice")
    }
  }

  private static func delimiter(_ text: String) throws -> UInt8 {
    guard let byte = text.utf8.first, text.utf8.count == 1, delimiters.contains(byte) else {
      throw InvalidParam(
        path: "/params/csv/delimiter", rule: "value", message: "must be a comma, a semicolon, a bar or a tabulator")
    }
    return byte
  }

  private static func likelyDelimiter(of bytes: [UInt8]) -> UInt8 {
    var counts: [UInt8: Int] = [:]
    var isQuoted = false
    for byte in bytes {
      if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
      if isQuoted { continue }
      if byte == UInt8(ascii: "\n") { break }
      if delimiters.contains(byte) { counts[byte, default: 0] += 1 }
    }
    return delimiters.max { counts[$0, default: 0] < counts[$1, default: 0] } ?? delimiters[0]
  }

  private static func likelyEncoding(of bytes: [UInt8]) -> TextEncoding {
    // The beginning may end within a character.
    let whole = (0...3).contains { cut in
      cut <= bytes.count && String(validating: bytes.dropLast(cut), as: UTF8.self) != nil
    }
    return whole ? .utf8 : .windows1252
  }
}
