import FoundationEssentials
import JSON
import JSONRPC
import Models
import Server
import Tables

/// A row of a file.
struct ImportRow: Sendable {
  enum Content: Sendable {
    case cells([String])
    case object(JSONNode)
    /// It cannot be read.
    case fault(RowFault)
  }

  /// From 1, the header not counted.
  let number: Int
  /// The line it begins in, from 1.
  let line: Int
  /// As it came.
  let bytes: [UInt8]
  let content: Content
}

/// Why a row is not taken.
struct RowFault: Error, Hashable, Sendable {
  /// The column, as a JSON pointer.
  let path: String
  let rule: String
  let message: String
}

/// Reads the fields of rows as a mapping says.
struct RowReader: Sendable {
  let kind: ImportKind
  /// Nil where each row is what `*.import` takes.
  let mapping: ImportMapping?
  let source: SourceName
  private let decimalComma: Bool
  private let places: [String: Int]

  init(kind: ImportKind, mapping: ImportMapping?, source: SourceName, dialect: FoundDialect?) {
    self.kind = kind
    self.mapping = mapping
    self.source = source
    decimalComma = dialect?.decimalComma ?? false
    places = Dictionary(uniqueKeysWithValues: (dialect?.header ?? []).enumerated().map { ($0.element, $0.offset) })
  }

  /// What rows that follow each other share when they are one record; nil where each is one.
  func group(_ row: ImportRow) -> String? {
    guard kind == .orders, let mapping else { return nil }
    return (try? text(.externalId, of: row, mapping)) ?? nil
  }

  /// The row as its type, where there is no mapping.
  func whole<T: Decodable>(_ row: ImportRow, as type: T.Type) throws(RowFault) -> T {
    switch row.content {
    case .fault(let fault): throw fault
    case .cells: throw RowFault(path: "", rule: "type", message: "is no object")
    case .object(let node):
      do {
        return try node.decode(type, rejectingUnknownMembers: true)
      } catch {
        throw RowFault(error)
      }
    }
  }

  /// The value of a column as JSON: text in CSV; nil where there is none.
  func value(_ column: String, of row: ImportRow) throws(RowFault) -> RawJSON? {
    switch row.content {
    case .fault(let fault): throw fault
    case .object(let node): return node[column]?.raw
    case .cells(let cells):
      guard let cell = cell(column, cells) else { return nil }
      return (try? encodeJSON(cell)).map { RawJSON(wellFormed: $0) }
    }
  }

  /// The text of a column; nil where there is none.
  func text(_ column: String, of row: ImportRow) throws(RowFault) -> String? {
    switch row.content {
    case .fault(let fault): throw fault
    case .cells(let cells): return cell(column, cells)
    case .object(let node):
      guard let value = node[column], !value.isNull else { return nil }
      switch value.kind {
      case .string: return value.string.flatMap { $0.isEmpty ? nil : $0 }
      case .number, .bool: return String(decoding: value.rawBytes, as: UTF8.self)
      default: throw RowFault(path: "/\(column)", rule: "type", message: "must be a text or a number")
      }
    }
  }

  private func cell(_ column: String, _ cells: [String]) -> String? {
    guard let place = places[column], place < cells.count else { return nil }
    let text = cells[place]
    return text.utf8.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") } ? nil : text
  }

  /// What the mapping makes of a field: the row's own value, put in other words, or the fixed one.
  func text(_ field: ImportField, of row: ImportRow, _ mapping: ImportMapping) throws(RowFault) -> String? {
    var text: String?
    if let column = mapping.column(field) { text = try self.text(column, of: row) }
    guard let text else { return mapping.fixed?[field.rawValue] }
    return mapping.values?[field.rawValue]?[text] ?? text
  }

  /// The pointer to a field's column, for what is wrong with it.
  func path(_ field: ImportField, _ mapping: ImportMapping) -> String {
    "/\(mapping.column(field) ?? field.rawValue)"
  }

  func needed(_ field: ImportField, of row: ImportRow, _ mapping: ImportMapping) throws(RowFault) -> String {
    guard let text = try text(field, of: row, mapping) else {
      throw RowFault(path: path(field, mapping), rule: "required", message: "is empty")
    }
    return text
  }

  func value<T: TextValue>(
    _ field: ImportField, of row: ImportRow, _ mapping: ImportMapping, as type: T.Type = T.self
  ) throws(RowFault) -> T {
    guard let value = T(try needed(field, of: row, mapping)) else {
      throw RowFault(path: path(field, mapping), rule: "format", message: "must be \(T.expectation)")
    }
    return value
  }

  func amount(_ field: ImportField, of row: ImportRow, _ mapping: ImportMapping) throws(RowFault) -> Amount {
    var text = trimmed(try needed(field, of: row, mapping))
    if decimalComma { text = text.replacing(".", with: "").replacing(",", with: ".") }
    guard let amount = Amount(text) else {
      throw RowFault(path: path(field, mapping), rule: "format", message: "must be a decimal number")
    }
    return amount
  }

  /// RFC 3339, or a day and perhaps a time without zone, which are UTC.
  func moment(_ field: ImportField, of row: ImportRow, _ mapping: ImportMapping) throws(RowFault) -> Timestamp {
    let text = trimmed(try needed(field, of: row, mapping))
    var whole = text.replacing(" ", with: "T")
    switch whole.utf8.count {
    case 10: whole += "T00:00:00Z"
    case 16: whole += ":00Z"
    case 19: whole += "Z"
    default: break
    }
    guard let moment = Timestamp(whole) else {
      throw RowFault(
        path: path(field, mapping), rule: "format", message: "must be a time, as 2026-01-31T12:00:00Z or 2026-01-31")
    }
    return moment
  }

  func choice<T: RawRepresentable & CaseIterable>(
    _ field: ImportField, _ text: String, _ mapping: ImportMapping, as type: T.Type = T.self
  ) throws(RowFault) -> T where T.RawValue == String {
    guard let value = T(rawValue: text.lowercased()) else {
      let known = T.allCases.map(\.rawValue).joined(separator: ", ")
      throw RowFault(path: path(field, mapping), rule: "value", message: "must be one of \(known)")
    }
    return value
  }

  private func trimmed(_ text: String) -> String {
    guard text.first?.isWhitespace == true || text.last?.isWhitespace == true else { return text }
    return String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }
}

extension RowFault {
  /// What a decoder has against a row.
  init(_ error: any Error) {
    guard let fault = paramFaults(from: error)?.first else {
      self.init(path: "", rule: "type", message: "is not a row")
      return
    }
    self.init(path: fault.path, rule: fault.rule, message: fault.message)
  }
}
