/// Reads bytes into a tape in one pass, without recursion.
struct JSONParser {
  let bytes: UnsafeBufferPointer<UInt8>
  let limits: JSONLimits
  var tape: [JSONEntry] = []
  var position = 0

  private static let none = UInt32.max

  init(bytes: UnsafeBufferPointer<UInt8>, limits: JSONLimits) {
    self.bytes = bytes
    self.limits = limits
    tape.reserveCapacity(bytes.count / 8 + 4)
  }

  mutating func parse() throws(JSONSyntaxError) {
    if bytes.count >= 3, bytes[0] == 0xef, bytes[1] == 0xbb, bytes[2] == 0xbf { throw fault(.byteOrderMark) }
    // The innermost open array or object that has a member; its entry knows its own parent.
    var parent = Self.none
    var depth = 0
    values: while true {
      let byte = try significantByte()
      switch byte {
      case UInt8(ascii: "\""):
        let start = position
        let isEscaped = try scanString()
        append(isEscaped ? JSONEntry.Tag.escapedString : JSONEntry.Tag.string, from: start)
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        guard depth < limits.depth else { throw fault(.tooDeep) }
        let isObject = byte == UInt8(ascii: "{")
        let start = position
        position += 1
        // `]` and `}` are two more than their opening byte in ASCII.
        if try significantByte() == byte + 2 {
          position += 1
          append(isObject ? JSONEntry.Tag.object : JSONEntry.Tag.array, from: start)
        } else {
          append(isObject ? JSONEntry.Tag.object : JSONEntry.Tag.array, from: start)
          tape[tape.count - 1].next = parent
          parent = UInt32(truncatingIfNeeded: tape.count - 1)
          depth += 1
          if isObject { try scanKey(of: Int(parent)) }
          continue values
        }
      case UInt8(ascii: "t"): try scanWord("true", JSONEntry.Tag.yes)
      case UInt8(ascii: "f"): try scanWord("false", JSONEntry.Tag.no)
      case UInt8(ascii: "n"): try scanWord("null", JSONEntry.Tag.null)
      case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try scanNumber()
      default: throw fault(.unexpectedByte)
      }
      // A value has ended, and with it perhaps the arrays and objects around it.
      while parent != Self.none {
        let container = Int(parent)
        let isObject = tape[container].tag == JSONEntry.Tag.object
        if !isObject { tape[container].bits &+= 16 }
        let byte = try significantByte()
        if byte == UInt8(ascii: ",") {
          position += 1
          if isObject { try scanKey(of: container) }
          continue values
        }
        guard byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else { throw fault(.unexpectedByte) }
        position += 1
        depth -= 1
        parent = tape[container].next
        tape[container].end = UInt32(truncatingIfNeeded: position)
        tape[container].next = UInt32(truncatingIfNeeded: tape.count)
        if isObject { try refuseDuplicates(in: container) }
      }
      skipSpace()
      guard position == bytes.count else { throw fault(.trailingBytes) }
      return
    }
  }

  func fault(_ reason: JSONSyntaxError.Reason, at offset: Int? = nil) -> JSONSyntaxError {
    JSONSyntaxError(reason: reason, offset: offset ?? position)
  }

  /// Adds an entry that ends at the position.
  @inline(__always)
  mutating func append(_ tag: UInt32, from start: Int) {
    tape.append(
      JSONEntry(
        start: UInt32(truncatingIfNeeded: start), end: UInt32(truncatingIfNeeded: position),
        next: UInt32(truncatingIfNeeded: tape.count + 1), bits: tag))
  }

  @inline(__always)
  mutating func skipSpace() {
    while position < bytes.count {
      let byte = bytes[position]
      guard byte <= 0x20, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 else { return }
      position += 1
    }
  }

  /// The next byte that is no white space; the position stays before it.
  @inline(__always)
  mutating func significantByte() throws(JSONSyntaxError) -> UInt8 {
    skipSpace()
    guard position < bytes.count else { throw fault(.unexpectedEnd) }
    return bytes[position]
  }

  /// Reads a key and the colon after it.
  @inline(__always)
  private mutating func scanKey(of object: Int) throws(JSONSyntaxError) {
    guard try significantByte() == UInt8(ascii: "\"") else { throw fault(.unexpectedByte) }
    guard tape[object].count < limits.members else { throw fault(.tooManyMembers) }
    tape[object].bits &+= 16
    let start = position
    let isEscaped = try scanString()
    append(isEscaped ? JSONEntry.Tag.escapedString : JSONEntry.Tag.string, from: start)
    guard try significantByte() == UInt8(ascii: ":") else { throw fault(.unexpectedByte) }
    position += 1
  }

  private mutating func scanWord(_ word: StaticString, _ tag: UInt32) throws(JSONSyntaxError) {
    let start = position
    for offset in 0..<word.utf8CodeUnitCount {
      guard position < bytes.count else { throw fault(.unexpectedEnd) }
      guard bytes[position] == word.utf8Start[offset] else { throw fault(.unexpectedByte) }
      position += 1
    }
    append(tag, from: start)
  }

  private mutating func scanNumber() throws(JSONSyntaxError) {
    let start = position
    var tag = JSONEntry.Tag.integer
    if bytes[position] == UInt8(ascii: "-") { position += 1 }
    if position < bytes.count, bytes[position] == UInt8(ascii: "0") {
      position += 1
    } else {
      try scanDigits()
    }
    if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
      tag = JSONEntry.Tag.number
      position += 1
      try scanDigits()
    }
    if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
      tag = JSONEntry.Tag.number
      position += 1
      if position < bytes.count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") {
        position += 1
      }
      try scanDigits()
    }
    guard position - start <= limits.numberLength else { throw fault(.numberTooLong, at: start) }
    append(tag, from: start)
  }

  /// Reads one digit or more.
  @inline(__always)
  private mutating func scanDigits() throws(JSONSyntaxError) {
    let start = position
    while position < bytes.count, bytes[position] &- UInt8(ascii: "0") < 10 { position += 1 }
    guard position > start else { throw fault(position < bytes.count ? .invalidNumber : .unexpectedEnd) }
  }
}
