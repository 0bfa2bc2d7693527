import Testing

@testable import Tables

struct CSVRecordsTests {
  private static let text = "a;b\r\n1;\"x;\"\"y\"\"\r\nz\"\r\n\n\"\";ä\n3;4"

  /// The records of a text whose bytes come so many at a time.
  private func records(_ text: [UInt8], by size: Int, from place: TablePlace = TablePlace()) throws -> [CSVRecord] {
    var reader = CSVRecords(delimiter: UInt8(ascii: ";"), from: place)
    var found: [CSVRecord] = []
    for start in stride(from: place.byte, to: text.count, by: size) {
      reader.append(text[start..<min(start + size, text.count)])
      while let record = try reader.next() { found.append(record) }
    }
    reader.finish()
    while let record = try reader.next() { found.append(record) }
    return found
  }

  @Test func `however the bytes come, the records are the same`() throws {
    let bytes = Array(Self.text.utf8)
    for size in 1...bytes.count {
      let found = try records(bytes, by: size)
      #expect(found.map(\.fields) == [["a", "b"], ["1", "x;\"y\"\r\nz"], ["", "ä"], ["3", "4"]], "\(size)")
      #expect(found.map(\.line) == [1, 2, 5, 6], "\(size)")
    }
  }

  @Test func `reading goes on where another one stopped`() throws {
    let bytes = Array(Self.text.utf8)
    var reader = CSVRecords(delimiter: UInt8(ascii: ";"))
    reader.append(bytes)
    for expected in [["1", "x;\"y\"\r\nz"], ["", "ä"], ["3", "4"]] {
      _ = try reader.next()
      #expect(try records(bytes, by: 3, from: reader.place).first?.fields == expected)
    }
  }

  @Test func `quotes that nobody closes are a fault, and do not fill the memory`() throws {
    #expect(throws: TableFault.self) { try records(Array("a;b\n1;\"2\n3\n".utf8), by: 4) }
    var reader = CSVRecords(maximumBytes: 1000)
    reader.append(Array("\"".utf8) + [UInt8](repeating: 97, count: 1000))
    #expect(throws: TableFault.self) { try reader.next() }
  }

  @Test func `text is told from what is none`() throws {
    var utf8 = CSVRecords()
    utf8.append([0x61, 0x2c, 0xe4, 0x0a])
    #expect(try utf8.next()?.isWellEncoded == false)
    var windows = CSVRecords(encoding: .windows1252)
    windows.append([0xe4, 0x2c, 0x80, 0x0a])
    #expect(try windows.next()?.fields == ["ä", "€"])
  }

  @Test func `lines are taken as they come and go on elsewhere`() throws {
    let bytes = Array("{}\n\n[1]\r\n2".utf8)
    for size in 1...bytes.count {
      var reader = LineRecords()
      var found: [String] = []
      for start in stride(from: 0, to: bytes.count, by: size) {
        reader.append(bytes[start..<min(start + size, bytes.count)])
        while let line = try reader.next() {
          found.append("\(line.line) " + String(decoding: line.bytes, as: UTF8.self))
        }
      }
      reader.finish()
      while let line = try reader.next() { found.append("\(line.line) " + String(decoding: line.bytes, as: UTF8.self)) }
      #expect(found == ["1 {}", "3 [1]", "4 2"])
      #expect(reader.place == TablePlace(byte: bytes.count, line: 4))
    }
  }
}
