import Foundation
import JSON
import Models

/// A value as it was read, written anew: texts, numbers, keys and structure all by the suite's own encoder.
struct Rewritten: Encodable {
  let node: JSONNode

  struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  func encode(to encoder: any Encoder) throws {
    switch node.kind {
    case .object:
      var container = encoder.container(keyedBy: Key.self)
      for (name, value) in node.members { try container.encode(Rewritten(node: value), forKey: Key(stringValue: name)) }
    case .array:
      var container = encoder.unkeyedContainer()
      for element in node.elements { try container.encode(Rewritten(node: element)) }
    default:
      var container = encoder.singleValueContainer()
      if let text = node.string {
        try container.encode(text)
      } else if let bool = node.bool {
        try container.encode(bool)
      } else if let integer = node.integer {
        try container.encode(integer)
      } else if let double = node.double {
        try container.encode(double)
      } else if node.isNull {
        try container.encodeNil()
      } else {
        // Well-formed and no value, as 1e400.
        try container.encode(node.raw)
      }
    }
  }
}

/// What is wrong with the document whose bytes the line has in hexadecimal digits, or its value written anew.
func answer(to line: String) -> String {
  let digits = line.utf8.map { UInt8($0 > 0x39 ? $0 - 0x57 : $0 - 0x30) }
  let bytes = stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  do {
    let root = try JSONDocument(parsing: bytes).root
    return "read \(try encodeJSONText(Rewritten(node: root), sortedKeys: true))\n"
  } catch let error as JSONSyntaxError {
    return "refused \(error.reason)\n"
  } catch {
    return "failed \(error)\n"
  }
}

// Reads documents, a line each, and answers each by a line. test_json.py compares them with those of Python's reader.
while let line = readLine() { FileHandle.standardOutput.write(Data(answer(to: line).utf8)) }
