/// Strings as they stand in the text, with their quotation marks and escapes.
enum JSONText {
  /// The bytes that the string from `start` to `end` means.
  static func unescaped(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: end - start) { buffer, count in
      count = unescape(UnsafeBufferPointer(rebasing: bytes[start + 1..<end - 1]), into: buffer)
    }
  }

  /// The string from `start` to `end`.
  static func string(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int, isEscaped: Bool) -> String {
    let content = UnsafeBufferPointer(rebasing: bytes[start + 1..<end - 1])
    guard isEscaped else { return String(decoding: content, as: UTF8.self) }
    return String(unsafeUninitializedCapacity: content.count) { unescape(content, into: $0) }
  }

  /// Writes what the content means, which is never longer than it. The parser has seen that its escapes are sound.
  private static func unescape(_ content: UnsafeBufferPointer<UInt8>, into buffer: UnsafeMutableBufferPointer<UInt8>)
    -> Int
  {
    var read = 0
    var written = 0
    func put(_ byte: UInt32) {
      buffer[written] = UInt8(truncatingIfNeeded: byte)
      written += 1
    }
    while read < content.count {
      let byte = content[read]
      guard byte == UInt8(ascii: "\\") else {
        put(UInt32(byte))
        read += 1
        continue
      }
      let escape = content[read + 1]
      read += 2
      switch escape {
      case UInt8(ascii: "b"): put(0x08)
      case UInt8(ascii: "f"): put(0x0c)
      case UInt8(ascii: "n"): put(0x0a)
      case UInt8(ascii: "r"): put(0x0d)
      case UInt8(ascii: "t"): put(0x09)
      case UInt8(ascii: "u"):
        var scalar = codeUnit(content, read) ?? 0
        read += 4
        if scalar & 0xfc00 == 0xd800 {
          scalar = 0x10000 + (scalar & 0x3ff) << 10 + (codeUnit(content, read + 2) ?? 0) & 0x3ff
          read += 6
        }
        switch scalar {
        case ..<0x80:
          put(scalar)
        case ..<0x800:
          put(0xc0 | scalar >> 6)
          put(0x80 | scalar & 0x3f)
        case ..<0x10000:
          put(0xe0 | scalar >> 12)
          put(0x80 | scalar >> 6 & 0x3f)
          put(0x80 | scalar & 0x3f)
        default:
          put(0xf0 | scalar >> 18)
          put(0x80 | scalar >> 12 & 0x3f)
          put(0x80 | scalar >> 6 & 0x3f)
          put(0x80 | scalar & 0x3f)
        }
      default: put(UInt32(escape))
      }
    }
    return written
  }

  /// The code unit that the four hexadecimal digits at the offset write, nil when they are none.
  static func codeUnit(_ bytes: UnsafeBufferPointer<UInt8>, _ offset: Int) -> UInt32? {
    guard offset + 4 <= bytes.count else { return nil }
    var unit: UInt32 = 0
    for byte in bytes[offset..<offset + 4] {
      let digit: UInt8
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
      default: return nil
      }
      unit = unit << 4 | UInt32(digit)
    }
    return unit
  }

  /// A hash of the content, mixed with the seed by folded multiplication.
  @inline(__always)
  static func hash(_ content: UnsafeBufferPointer<UInt8>, _ seed: UInt64) -> UInt32 {
    var state = seed ^ UInt64(truncatingIfNeeded: content.count)
    var offset = 0
    while offset + 8 <= content.count {
      state = mixed(state ^ word(content, offset))
      offset += 8
    }
    if offset < content.count {
      var tail: UInt64 = 0
      while offset < content.count {
        tail = tail << 8 | UInt64(content[offset])
        offset += 1
      }
      state = mixed(state ^ tail)
    }
    return UInt32(truncatingIfNeeded: mixed(state ^ seed))
  }

  @inline(__always)
  private static func mixed(_ value: UInt64) -> UInt64 {
    let product = value.multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
    return product.high ^ product.low
  }

  /// The eight bytes at the offset, the first of them lowest.
  @inline(__always)
  static func word(_ bytes: UnsafeBufferPointer<UInt8>, _ offset: Int) -> UInt64 {
    UInt64(littleEndian: UnsafeRawBufferPointer(bytes).loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }
}

extension JSONParser {
  /// Reads a string from its quotation mark on, says whether it has escapes.
  @inline(__always)
  mutating func scanString() throws(JSONSyntaxError) -> Bool {
    position += 1
    var isEscaped = false
    while true {
      // Eight bytes at a time, as long as all of them are plain ASCII. The lowest bit found is exact, for a borrow
      // only runs into higher bytes.
      while position + 8 <= bytes.count {
        let word = JSONText.word(bytes, position)
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quote = word ^ (ones &* UInt64(UInt8(ascii: "\"")))
        let slash = word ^ (ones &* UInt64(UInt8(ascii: "\\")))
        let found =
          ((quote &- ones) & ~quote | (slash &- ones) & ~slash | (word &- ones &* 0x20) & ~word | word)
          & (ones &* 0x80)
        if found != 0 {
          position += found.trailingZeroBitCount >> 3
          break
        }
        position += 8
      }
      guard position < bytes.count else { throw fault(.unexpectedEnd) }
      let byte = bytes[position]
      if byte == UInt8(ascii: "\"") {
        position += 1
        return isEscaped
      }
      if byte == UInt8(ascii: "\\") {
        isEscaped = true
        try scanEscape()
      } else if byte < 0x20 {
        throw fault(.controlCharacter)
      } else if byte < 0x80 {
        position += 1
      } else {
        try scanSequence()
      }
    }
  }

  private mutating func scanEscape() throws(JSONSyntaxError) {
    guard position + 1 < bytes.count else { throw fault(.unexpectedEnd, at: bytes.count) }
    switch bytes[position + 1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      position += 2
    case UInt8(ascii: "u"):
      guard let unit = JSONText.codeUnit(bytes, position + 2) else { throw fault(.invalidEscape) }
      guard unit != 0 else { throw fault(.nulCharacter) }
      guard unit & 0xf800 == 0xd800 else {
        position += 6
        return
      }
      guard unit < 0xdc00, position + 8 <= bytes.count, bytes[position + 6] == UInt8(ascii: "\\"),
        bytes[position + 7] == UInt8(ascii: "u"), let low = JSONText.codeUnit(bytes, position + 8),
        low & 0xfc00 == 0xdc00
      else { throw fault(.loneSurrogate) }
      position += 12
    default: throw fault(.invalidEscape)
    }
  }

  /// Reads a character of two to four bytes: no overlong forms, no surrogates, nothing beyond U+10FFFF.
  private mutating func scanSequence() throws(JSONSyntaxError) {
    let first = bytes[position]
    var lowest: UInt8 = 0x80
    var highest: UInt8 = 0xbf
    let length: Int
    switch first {
    case 0xc2...0xdf: length = 2
    case 0xe0...0xef:
      length = 3
      if first == 0xe0 { lowest = 0xa0 }
      if first == 0xed { highest = 0x9f }
    case 0xf0...0xf4:
      length = 4
      if first == 0xf0 { lowest = 0x90 }
      if first == 0xf4 { highest = 0x8f }
    default: throw fault(.invalidUTF8)
    }
    guard position + length <= bytes.count, (lowest...highest).contains(bytes[position + 1]) else {
      throw fault(.invalidUTF8)
    }
    for offset in 2..<max(2, length) where bytes[position + offset] & 0xc0 != 0x80 { throw fault(.invalidUTF8) }
    position += length
  }
}
