import Testing

@testable import Tables

struct CSVWritingTests {
  private func written(_ fields: String?...) -> String {
    var bytes: [UInt8] = []
    appendCSV(fields, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test func `what is written is read again`() throws {
    var bytes: [UInt8] = []
    let rows = [["a", "b,c"], ["", "x\"y\""], ["1\r\n2", " z "]]
    for row in rows { appendCSV(row, to: &bytes) }
    var reader = CSVRecords()
    reader.append(bytes)
    reader.finish()
    var found: [[String]] = []
    while let record = try reader.next() { found.append(record.fields) }
    #expect(found == rows)
  }

  @Test func `a spreadsheet finds no formula, and numbers stay numbers`() {
    #expect(written("=1+1", "@sum", "-x", nil) == "\"'=1+1\",\"'@sum\",\"'-x\",\r\n")
    #expect(written("+491701234567", "-7.50", "+1+1") == "+491701234567,-7.50,\"'+1+1\"\r\n")
  }
}
