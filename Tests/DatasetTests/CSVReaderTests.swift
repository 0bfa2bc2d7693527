@testable import Datasets
import Foundation
import Testing

struct CSVReaderTests {
  /// Runs a test with the path of a file that has this content, and removes it.
  private func withFile(_ content: some DataProtocol, named name: String = "rows.csv", _ body: (String) throws -> Void)
    throws
  {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent(name)
    try Data(content).write(to: file)
    try body(file.path)
  }

  private func rows(_ text: String) throws -> [[String]] {
    var rows: [[String]] = []
    try withFile(Data(text.utf8)) { path in
      let reader = try CSVReader(path: path)
      rows.append(reader.header)
      while let row = try reader.next() { rows.append(row) }
    }
    return rows
  }

  @Test(arguments: [
    ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]),
    ("a,b\r\n1,2\r\n3,4", [["a", "b"], ["1", "2"], ["3", "4"]]),
    ("\u{FEFF}a, b\n,\n", [["a", "b"], ["", ""]]),
    ("a,b\n\"1,\"\"x\"\"\",\"2\r\n3\"\n", [["a", "b"], ["1,\"x\"", "2\r\n3"]]),
    ("a,b\n\"\",x\"y\"\n", [["a", "b"], ["", "x\"y\""]]),
    ("a,b\n\n\r\n1,2\n\n", [["a", "b"], ["1", "2"]]),
    ("a\n\"\"\nx\ry\n", [["a"], [""], ["x\ry"]]),
    ("a,b\n1,\"\n\n2\"\n3,4", [["a", "b"], ["1", "\n\n2"], ["3", "4"]]),
    ("a,b\n\"1,\",\"\"\"\"\n", [["a", "b"], ["1,", "\""]]),
    ("a,b\n1,\"2\"", [["a", "b"], ["1", "2"]]),
    ("a\nÄpfel;蘋果\n", [["a"], ["Äpfel;蘋果"]]),
  ])
  func `Records are read as RFC 4180 has them`(text: String, expected: [[String]]) throws {
    #expect(try rows(text) == expected)
  }

  @Test func `Records longer than a block come whole`() throws {
    let long = String(repeating: "é", count: 100_000)
    #expect(try rows("a,b\n\(long),\"\(long)\"\n1,2\n") == [["a", "b"], [long, long], ["1", "2"]])
  }

  @Test func `What is wrong is said in one sentence with its line`() throws {
    for (text, reason) in [
      ("", "is empty"), ("a,b\n1,2\n3\n", "has 1 fields in the record of line 3, where its header has 2"),
      ("a,b\n1,\"2\n3\n", "ends inside quotes that open in the record of line 2"),
    ] {
      let error = #expect(throws: DatasetError.self) { try rows(text) }
      #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
    }
    try withFile(Data("a,b\n".utf8)) { path in
      let reader = try CSVReader(path: path)
      #expect(try reader.columns("b", "a") == [1, 0])
      let error = #expect(throws: DatasetError.self) { try reader.columns("a", "c") }
      #expect(error?.description == "\(path) has no column c")
    }
    #expect(throws: DatasetError.self) { try CSVReader(path: "/nowhere/rows.csv") }
    #expect(throws: DatasetError.self) { try CSVReader(path: "/nowhere/rows.csv.gz") }
  }

  @Test func `A packed file is unpacked on the way and a damaged one refused`() throws {
    // printf 'a,b\n1,2\n' | gzip -n
    let packed: [UInt8] = [
      0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0x4b, 0xd4, 0x49, 0xe2, 0x32, 0xd4, 0x31, 0xe2,
      0x02, 0x00, 0x7b, 0x07, 0x97, 0x0a, 0x08, 0x00, 0x00, 0x00,
    ]
    try withFile(packed, named: "rows.csv.gz") { path in
      let reader = try CSVReader(path: path)
      #expect(try reader.next() == ["1", "2"])
      #expect(try reader.next() == nil)
      #expect(try reader.next() == nil)
    }
    try withFile(packed.dropLast(6), named: "rows.csv.gz") { path in
      let error = #expect(throws: DatasetError.self) {
        let reader = try CSVReader(path: path)
        while try reader.next() != nil {}
      }
      #expect(error?.description.contains("is damaged") == true)
    }
  }
}
