import Datasets
import JSON

/// A file with a JSON object in each line.
enum JSONLines {
  /// The rows of the file, read once to the end first, so that nothing is sent of a file that is not in order.
  static func phase(_ path: String, kind: RowKind, source: String?) throws -> LoadPhase {
    let count = try countedRows(path)
    let lines = try TextLines(path: path)
    return LoadPhase(title: "\(source ?? "the file's") \(kind.rawValue)", kind: kind, source: source, count: count) {
      try nextRow(lines)
    }
  }

  private static func countedRows(_ path: String) throws -> Int {
    let lines = try TextLines(path: path)
    var (count, number) = (0, 0)
    var line: [UInt8] = []
    while try lines.appendNext(to: &line) {
      defer { line.removeAll(keepingCapacity: true) }
      number += 1
      guard !isBlank(line) else { continue }
      guard let document = try? JSONDocument(parsing: line), document.root.kind == .object else {
        throw Fault("Line \(number) of \(path) is no JSON object: correct it, and load the file again.")
      }
      count += 1
    }
    return count
  }

  private static func nextRow(_ lines: TextLines) throws -> [UInt8]? {
    var line: [UInt8] = []
    while try lines.appendNext(to: &line) {
      if !isBlank(line) { return line }
      line.removeAll()
    }
    return nil
  }

  private static func isBlank(_ line: [UInt8]) -> Bool {
    line.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") }
  }
}
