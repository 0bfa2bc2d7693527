extension JSONNode {
  /// The text of this value with a member or element a line, indented by two spaces, and a newline at its end.
  public var prettyPrinted: [UInt8] {
    var bytes: [UInt8] = []
    write(into: &bytes, indentation: 0)
    bytes.append(UInt8(ascii: "\n"))
    return bytes
  }

  private func write(into bytes: inout [UInt8], indentation: Int) {
    guard count > 0 else {
      bytes.append(contentsOf: kind == .array ? Array("[]".utf8) : kind == .object ? Array("{}".utf8) : Array(rawBytes))
      return
    }
    let isObject = kind == .object
    var child = index + 1
    bytes.append(isObject ? UInt8(ascii: "{") : UInt8(ascii: "["))
    for position in 0..<count {
      if position > 0 { bytes.append(UInt8(ascii: ",")) }
      Self.newLine(into: &bytes, indentation: indentation + 1)
      if isObject {
        bytes.append(contentsOf: JSONNode(storage: storage, index: child).rawBytes)
        bytes.append(contentsOf: ": ".utf8)
        child += 1
      }
      JSONNode(storage: storage, index: child).write(into: &bytes, indentation: indentation + 1)
      child = Int(storage.tape[child].next)
    }
    Self.newLine(into: &bytes, indentation: indentation)
    bytes.append(isObject ? UInt8(ascii: "}") : UInt8(ascii: "]"))
  }

  private static func newLine(into bytes: inout [UInt8], indentation: Int) {
    bytes.append(UInt8(ascii: "\n"))
    bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: indentation * 2))
  }
}
