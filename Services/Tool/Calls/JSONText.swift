/// JSON as text: takes it apart and lays it out without ever touching a token, so that numbers and strings stay as
/// they were written.
///
/// It is for answers of our own services, which are well-formed; anything else yields nil or is laid out as it can be.
enum JSONText {
  /// The text of each member of the object, nil when the text is no object.
  static func members(of text: some Collection<UInt8>) -> [(name: String, value: [UInt8])]? {
    let bytes = Array(text)
    guard let start = bytes.firstIndex(where: { !isSpace($0) }), bytes[start] == UInt8(ascii: "{") else { return nil }
    var members: [(name: String, value: [UInt8])] = []
    var (depth, isInString, isEscaped) = (0, false, false)
    var (name, begin) = ([UInt8]?.none, start + 1)
    for position in start..<bytes.count {
      let byte = bytes[position]
      if isInString {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isInString = false
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""):
        isInString = true
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
      case UInt8(ascii: ":") where depth == 1 && name == nil:
        name = trimmed(bytes[begin..<position])
        begin = position + 1
      case UInt8(ascii: ",") where depth == 1, UInt8(ascii: "}") where depth == 1:
        if let quoted = name {
          members.append(
            (String(decoding: quoted.dropFirst().dropLast(), as: UTF8.self), trimmed(bytes[begin..<position])))
        }
        (name, begin) = (nil, position + 1)
        if byte == UInt8(ascii: "}") { return members }
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
      default:
        break
      }
    }
    return nil
  }

  /// The text with a line for every member and element, two spaces deeper each level.
  static func indented(_ text: some Collection<UInt8>) -> String {
    var output: [UInt8] = []
    var (depth, isInString, isEscaped) = (0, false, false)
    func breakLine() {
      output.append(UInt8(ascii: "\n"))
      output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * max(0, depth)))
    }
    for byte in text {
      if isInString {
        output.append(byte)
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isInString = false
        }
        continue
      }
      if isSpace(byte) { continue }
      // A line is broken after an opening bracket only when something follows it: `{}` and `[]` stay together.
      let isClosing = byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]")
      if let last = output.last, last == UInt8(ascii: "{") || last == UInt8(ascii: "["), !isClosing { breakLine() }
      switch byte {
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        output.append(byte)
        depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        if let last = output.last, last != UInt8(ascii: "{"), last != UInt8(ascii: "[") { breakLine() }
        output.append(byte)
      case UInt8(ascii: ","):
        output.append(byte)
        breakLine()
      case UInt8(ascii: ":"):
        output.append(contentsOf: [byte, UInt8(ascii: " ")])
      default:
        isInString = byte == UInt8(ascii: "\"")
        output.append(byte)
      }
    }
    return String(decoding: output, as: UTF8.self)
  }

  /// The string as a JSON string.
  static func quoted(_ string: String) -> String {
    var output = "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": output += "\\\""
      case "\\": output += "\\\\"
      case "\u{0}"..<" ":
        let digits = String(scalar.value, radix: 16)
        output += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: output.unicodeScalars.append(scalar)
      }
    }
    return output + "\""
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || (0x09...0x0d).contains(byte)
  }

  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    Array(bytes.drop(while: isSpace).reversed().drop(while: isSpace).reversed())
  }
}
