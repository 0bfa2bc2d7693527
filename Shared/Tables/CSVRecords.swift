import Foundation

/// Takes records of comma-separated values out of bytes that come in parts (RFC 4180), whatever the size of the whole.
///
/// A field may be quoted, with quotes doubled and line ends inside; records end with CRLF or LF, the last one may go
/// without; lines without any character are skipped. Reading may begin at the place where another one stopped.
public struct CSVRecords: Sendable {
  private let delimiter: UInt8
  private let encoding: TextEncoding
  private let maximumBytes: Int
  private var buffer: [UInt8] = []
  private var position = 0
  private var isFinished = false
  /// Where the next record begins.
  public private(set) var place: TablePlace

  private static let quote = UInt8(ascii: "\"")
  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")

  /// - Parameter maximumBytes: How long a record may be, so that a quote that nobody closes does not fill the memory.
  public init(
    delimiter: UInt8 = UInt8(ascii: ","), encoding: TextEncoding = .utf8, from place: TablePlace = TablePlace(),
    maximumBytes: Int = 16 << 20
  ) {
    self.delimiter = delimiter
    self.encoding = encoding
    self.place = place
    self.maximumBytes = maximumBytes
  }

  /// Takes the bytes that follow.
  public mutating func append(_ bytes: some Collection<UInt8>) {
    if position > 0 {
      buffer.removeFirst(position)
      position = 0
    }
    buffer.append(contentsOf: bytes)
  }

  /// Says that no more bytes follow.
  public mutating func finish() { isFinished = true }

  /// The next record; nil where more bytes are needed for it, and at the end.
  public mutating func next() throws(TableFault) -> CSVRecord? {
    while position < buffer.count {
      let end = buffer[position...].position(of: Self.lineFeed)
      guard end != nil || isFinished else { return try needingMore() }
      var line = buffer[position..<(end ?? buffer.count)]
      if line.last == Self.carriageReturn { line.removeLast() }
      if line.isEmpty {
        move(to: end.map { $0 + 1 } ?? buffer.count, lines: 1)
        continue
      }
      guard line.position(of: Self.quote) != nil else {
        let fields = plainFields(line)
        return take(fields, through: end.map { $0 + 1 } ?? buffer.count, lines: 1)
      }
      return try quoted()
    }
    return nil
  }

  private func needingMore() throws(TableFault) -> CSVRecord? {
    guard buffer.count - position <= maximumBytes else {
      throw TableFault(line: place.line + 1, reason: "is longer than \(maximumBytes) bytes")
    }
    return nil
  }

  private mutating func move(to end: Int, lines: Int) {
    place.byte += end - position
    place.line += lines
    position = end
  }

  private mutating func take(_ fields: (texts: [String], areWhole: Bool), through end: Int, lines: Int) -> CSVRecord {
    let record = CSVRecord(
      fields: fields.texts, isWellEncoded: fields.areWhole, line: place.line + 1, bytes: Array(buffer[position..<end]))
    move(to: end, lines: lines)
    return record
  }

  private func plainFields(_ line: ArraySlice<UInt8>) -> (texts: [String], areWhole: Bool) {
    var fields: (texts: [String], areWhole: Bool) = ([], true)
    var rest = line
    while let end = rest.position(of: delimiter) {
      append(rest[..<end], to: &fields)
      rest = rest[(end + 1)...]
    }
    append(rest, to: &fields)
    return fields
  }

  private func append(_ bytes: ArraySlice<UInt8>, to fields: inout (texts: [String], areWhole: Bool)) {
    if let text = encoding.text(bytes) {
      fields.texts.append(text)
    } else {
      fields.texts.append(String(decoding: bytes, as: UTF8.self))
      fields.areWhole = false
    }
  }

  private mutating func quoted() throws(TableFault) -> CSVRecord? {
    var fields: (texts: [String], areWhole: Bool) = ([], true)
    var field: [UInt8] = []
    var isQuoted = false
    var isAtStart = true
    var lines = 0
    var next = position
    while next < buffer.count {
      let byte = buffer[next]
      next += 1
      switch byte {
      case Self.quote where isQuoted && next < buffer.count && buffer[next] == Self.quote:
        field.append(byte)
        next += 1
      case Self.quote where isQuoted && next == buffer.count && !isFinished:
        // Whether it is one of two is told by what follows.
        return try needingMore()
      case Self.quote where isQuoted: isQuoted = false
      case Self.quote where isAtStart: isQuoted = true
      case delimiter where !isQuoted:
        append(field[...], to: &fields)
        field.removeAll(keepingCapacity: true)
        isAtStart = true
        continue
      case Self.lineFeed where !isQuoted:
        lines += 1
        if buffer[next - 2] == Self.carriageReturn { field.removeLast() }
        append(field[...], to: &fields)
        return take(fields, through: next, lines: lines)
      default:
        if byte == Self.lineFeed { lines += 1 }
        field.append(byte)
      }
      isAtStart = false
    }
    guard isFinished else { return try needingMore() }
    guard !isQuoted else {
      throw TableFault(
        line: place.line + 1, reason: "ends inside quotes that open in the record of line \(place.line + 1)")
    }
    if buffer.last == Self.carriageReturn { field.removeLast() }
    append(field[...], to: &fields)
    return take(fields, through: next, lines: lines + 1)
  }
}

/// A record of a table.
public struct CSVRecord: Sendable {
  public let fields: [String]
  /// Whether every field is text of the encoding; what is not has been replaced.
  public let isWellEncoded: Bool
  /// The line it begins in, from 1.
  public let line: Int
  /// The record as it came, with its line end.
  public let bytes: [UInt8]
}

/// Where in a table a record begins.
public struct TablePlace: Codable, Hashable, Sendable {
  /// Bytes before it.
  public var byte: Int
  /// Lines before it.
  public var line: Int

  public init(byte: Int = 0, line: Int = 0) {
    self.byte = byte
    self.line = line
  }
}

/// A table that cannot be read on.
public struct TableFault: Error, Hashable, Sendable {
  /// The line of the record, from 1.
  public let line: Int
  /// What is wrong, to follow the name of the table.
  public let reason: String
}

/// How bytes are text.
public enum TextEncoding: String, Codable, CaseIterable, Sendable {
  /// UTF-8.
  case utf8 = "utf-8"
  /// What spreadsheets on Windows write in Western Europe.
  case windows1252 = "windows-1252"

  /// The text of the bytes, nil when they are none.
  public func text(_ bytes: ArraySlice<UInt8>) -> String? {
    switch self {
    case .utf8: return String(validating: bytes, as: UTF8.self)
    case .windows1252:
      var text = String.UnicodeScalarView()
      for byte in bytes {
        guard let scalar = Self.scalar(byte) else { return nil }
        text.append(scalar)
      }
      return String(text)
    }
  }

  private static func scalar(_ byte: UInt8) -> Unicode.Scalar? {
    guard (0x80...0x9f).contains(byte) else { return Unicode.Scalar(byte) }
    let high: [UInt32] = [
      0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d, 0,
      0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0, 0x017e,
      0x0178,
    ]
    let value = high[Int(byte - 0x80)]
    return value == 0 ? nil : Unicode.Scalar(value)
  }
}

extension ArraySlice<UInt8> {
  /// Where the byte occurs first, found many bytes at a time.
  public func position(of byte: UInt8) -> Int? {
    withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress, let found = memchr(start, Int32(byte), bytes.count) else { return nil }
      return startIndex + start.distance(to: UnsafeRawPointer(found))
    }
  }
}
