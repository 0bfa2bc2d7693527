import Datasets
import Foundation
import JSON
import JSONRPC

/// What reads bytes of strangers, and what must hold of it whatever the bytes are.
public enum FuzzTarget: String, CaseIterable, Sendable {
  case document, envelope, table

  /// Takes the bytes; gives what is wrong with what became of them, nil when all is as it should be.
  public func fault(in bytes: [UInt8]) -> String? {
    switch self {
    case .document: documentFault(bytes)
    case .envelope: envelopeFault(bytes)
    case .table: tableFault(bytes)
    }
  }
}

/// What is read is written so that it is read again as the same.
private func documentFault(_ bytes: [UInt8]) -> String? {
  guard let root = try? JSONDocument(parsing: bytes).root else { return nil }
  guard let again = try? JSONDocument(parsing: root.prettyPrinted).root else {
    return "what was read is written so that it cannot be read"
  }
  return values(root) == values(again) ? nil : "what was read is written as something else"
}

/// Every value in its order, texts and keys by their meaning and numbers as they stand.
private func values(_ node: JSONNode) -> [[UInt8]] {
  switch node.kind {
  case .object: [[1]] + node.members.flatMap { [Array($0.name.utf8)] + values($0.value) } + [[2]]
  case .array: [[3]] + node.elements.flatMap(values) + [[4]]
  case .string: [Array((node.string ?? "none").utf8)]
  default: [Array(node.rawBytes)]
  }
}

/// A body is calls, or refusals that are strict JSON themselves.
private func envelopeFault(_ bytes: [UInt8]) -> String? {
  var refusals: [RPCRefusal] = []
  do throws(RPCRefusal) {
    for case .failure(let refusal) in try RPCEnvelope(parsing: bytes).calls { refusals.append(refusal) }
  } catch {
    refusals = [error]
  }
  let areJSON = refusals.allSatisfy { (try? JSONDocument(parsing: respond(to: $0))) != nil }
  return areJSON ? nil : "a refusal is not JSON"
}

/// A file is records as wide as its header, or an error that names it.
private func tableFault(_ bytes: [UInt8]) -> String? {
  let path = NSTemporaryDirectory() + "fuzz-\(UUID().uuidString).csv"
  defer { try? FileManager.default.removeItem(atPath: path) }
  guard FileManager.default.createFile(atPath: path, contents: Data(bytes)) else { return "no file could be made" }
  do {
    let reader = try CSVReader(path: path)
    while let record = try reader.next() {
      if record.count != reader.header.count { return "a record is not as wide as the header" }
    }
    return nil
  } catch {
    guard let error = error as? DatasetError else { return "a file is refused as \(error)" }
    return error.description.hasPrefix(path) ? nil : "an error does not name its file"
  }
}
