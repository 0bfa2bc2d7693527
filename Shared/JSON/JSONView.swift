/// A document's bytes and tape, for as long as they are being read.
struct JSONView {
  let bytes: UnsafeBufferPointer<UInt8>
  let tape: UnsafeBufferPointer<JSONEntry>

  @inline(__always)
  func string(at index: Int) -> String? {
    let entry = tape[index]
    guard entry.isString else { return nil }
    let isEscaped = entry.tag == JSONEntry.Tag.escapedString
    return JSONText.string(bytes, Int(entry.start), Int(entry.end), isEscaped: isEscaped)
  }

  @inline(__always)
  func integer<Integer: FixedWidthInteger>(at index: Int, _: Integer.Type) -> Integer? {
    let entry = tape[index]
    guard entry.isNumber else { return nil }
    // Up to 18 digits cannot overflow.
    if entry.tag == JSONEntry.Tag.integer && entry.end - entry.start <= 18 {
      return Integer(exactly: shortInteger(entry))
    }
    return JSONNumber(bytes[Int(entry.start)..<Int(entry.end)])?.integer(Integer.self)
  }

  private func shortInteger(_ entry: JSONEntry) -> Int64 {
    var position = Int(entry.start)
    let isNegative = bytes[position] == UInt8(ascii: "-")
    if isNegative { position += 1 }
    var value: Int64 = 0
    while position < Int(entry.end) {
      value = value &* 10 &+ Int64(bytes[position] &- UInt8(ascii: "0"))
      position += 1
    }
    return isNegative ? -value : value
  }

  func double(at index: Int) -> Double? {
    let entry = tape[index]
    guard entry.isNumber else { return nil }
    let text = bytes[Int(entry.start)..<Int(entry.end)]
    // A product or quotient of two exact numbers is rounded once, hence right.
    if let number = JSONNumber(text), let significand = number.significand, significand < 1 << 53,
      abs(number.exponent) < Self.powersOfTen.count
    {
      let digits = Double(UInt64(significand))
      let power = Self.powersOfTen[abs(number.exponent)]
      let value = number.exponent < 0 ? digits / power : digits * power
      return number.isNegative ? -value : value
    }
    guard let value = Double(String(decoding: text, as: UTF8.self)), value.isFinite else { return nil }
    return value
  }

  /// All powers of ten that a Double holds exactly.
  private static let powersOfTen: [Double] = (0...22).reduce(into: []) { powers, _ in
    powers.append((powers.last ?? 0.1) * 10)
  }

  /// The index of the key of that name in the object, searched from one key on and then from the first.
  @inline(__always)
  func key(_ name: String, in object: Int, from start: Int) -> Int? {
    let found = name.utf8.withContiguousStorageIfAvailable { key(utf8: $0, in: object, from: start) }
    if let found { return found }
    return Array(name.utf8).withUnsafeBufferPointer { key(utf8: $0, in: object, from: start) }
  }

  @inline(__always)
  private func key(utf8 name: UnsafeBufferPointer<UInt8>, in object: Int, from start: Int) -> Int? {
    let end = Int(tape[object].next)
    var key = start
    while key < end {
      if isKey(tape[key], name) { return key }
      key = Int(tape[key + 1].next)
    }
    key = object + 1
    while key < start {
      if isKey(tape[key], name) { return key }
      key = Int(tape[key + 1].next)
    }
    return nil
  }

  @inline(__always)
  private func isKey(_ entry: JSONEntry, _ name: UnsafeBufferPointer<UInt8>) -> Bool {
    if entry.tag == JSONEntry.Tag.escapedString {
      return JSONText.unescaped(bytes, Int(entry.start), Int(entry.end)).elementsEqual(name)
    }
    let start = Int(entry.start) + 1
    guard Int(entry.end) - 1 - start == name.count else { return false }
    var offset = 0
    while offset + 8 <= name.count {
      if JSONText.word(bytes, start + offset) != JSONText.word(name, offset) { return false }
      offset += 8
    }
    while offset < name.count {
      if bytes[start + offset] != name[offset] { return false }
      offset += 1
    }
    return true
  }

  /// The keys and indices that lead from one entry to another within it, which may be a value or a key.
  func path(from root: Int, to target: Int) -> [any CodingKey] {
    var keys: [any CodingKey] = []
    var node = root
    while node < target {
      var child = node + 1
      switch tape[node].tag {
      case JSONEntry.Tag.object:
        while Int(tape[child + 1].next) <= target { child = Int(tape[child + 1].next) }
        keys.append(JSONKey(stringValue: string(at: child) ?? ""))
        node = child + 1
      case JSONEntry.Tag.array:
        var position = 0
        while Int(tape[child].next) <= target {
          child = Int(tape[child].next)
          position += 1
        }
        keys.append(JSONKey(intValue: position))
        node = child
      default: return keys
      }
    }
    return keys
  }
}
