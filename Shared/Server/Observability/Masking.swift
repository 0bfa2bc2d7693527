/// The text with e-mail addresses, phone numbers, bearer tokens and JWTs replaced by `[email]`, `[phone]`, `[token]`.
///
/// It would rather mask too much: a number of nine digits and more that begins with a zero is a phone number to it.
func masked(_ text: String) -> String {
  let bytes = Array(text.utf8)
  var output: [UInt8] = []
  output.reserveCapacity(bytes.count)
  var position = 0
  while position < bytes.count {
    if position == 0 || !bytes[position - 1].isWordByte || !bytes[position].isWordByte {
      if let end = tokenEnd(bytes, from: position) {
        output.append(contentsOf: "[token]".utf8)
        position = end
        continue
      }
      if let end = phoneEnd(bytes, from: position) {
        output.append(contentsOf: "[phone]".utf8)
        position = end
        continue
      }
    }
    if bytes[position] == UInt8(ascii: "@"), let end = domainEnd(bytes, from: position + 1) {
      let local = output.reversed().prefix { $0.isLocalPartByte }.count
      if local > 0 {
        output.removeLast(local)
        output.append(contentsOf: "[email]".utf8)
        position = end
        continue
      }
    }
    output.append(bytes[position])
    position += 1
  }
  return String(decoding: output, as: UTF8.self)
}

/// The end of a JWT, or of what follows the word Bearer.
private func tokenEnd(_ bytes: [UInt8], from start: Int) -> Int? {
  if bytes[start...].starts(with: "eyJ".utf8) {
    let end = bytes[start...].firstIndex { !$0.isTokenByte } ?? bytes.count
    return end - start >= 16 ? end : nil
  }
  guard bytes[start] | 0x20 == UInt8(ascii: "b"), start + 7 < bytes.count,
    bytes[start..<start + 7].map({ $0 | 0x20 }).elementsEqual("bearer ".utf8)
  else { return nil }
  let end = bytes[(start + 7)...].firstIndex { !$0.isTokenByte } ?? bytes.count
  return end > start + 7 ? end : nil
}

/// The end of a phone number: `+` and at least seven digits, `0` and at least eight more, or ten as `555-123-4567`.
private func phoneEnd(_ bytes: [UInt8], from start: Int) -> Int? {
  let first = bytes[start]
  guard first == UInt8(ascii: "+") || first == UInt8(ascii: "(") || first.isDigit else { return nil }
  // Digits after a point or a dash go on with a number, they begin none.
  if first.isDigit, start >= 2, ".-".utf8.contains(bytes[start - 1]), bytes[start - 2].isDigit { return nil }
  var position = first == UInt8(ascii: "+") ? start + 1 : start
  var digits = 0
  var end = start
  var groups: [Int] = [0]
  while position < bytes.count {
    if bytes[position].isDigit {
      digits += 1
      groups[groups.count - 1] += 1
      end = position + 1
    } else if " -./()".utf8.contains(bytes[position]), position - end < 2 {
      // Dots separate groups of digits; after a single leading digit one is the point of a number.
      if bytes[position] == UInt8(ascii: "."), digits <= 1 { return nil }
      if groups[groups.count - 1] > 0 { groups.append(0) }
    } else {
      break
    }
    position += 1
  }
  guard end == bytes.count || !bytes[end].isWordByte, digits <= 15 else { return nil }
  if first == UInt8(ascii: "+") { return digits >= 7 ? end : nil }
  if first == UInt8(ascii: "0") { return digits >= 9 ? end : nil }
  return groups.filter { $0 > 0 } == [3, 3, 4] ? end : nil
}

/// The end of a domain with a dot in it.
private func domainEnd(_ bytes: [UInt8], from start: Int) -> Int? {
  var end = bytes[start...].firstIndex { !$0.isDomainByte } ?? bytes.count
  while end > start, bytes[end - 1] == UInt8(ascii: ".") || bytes[end - 1] == UInt8(ascii: "-") { end -= 1 }
  return bytes[start..<end].contains(UInt8(ascii: ".")) ? end : nil
}

extension UInt8 {
  fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

  /// Letters, digits and whatever is not ASCII.
  fileprivate var isWordByte: Bool {
    isDigit || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20) && self < 0x80 || self >= 0x80
  }

  fileprivate var isTokenByte: Bool { isWordByte && self < 0x80 || "-._~+/=".utf8.contains(self) }

  fileprivate var isLocalPartByte: Bool { isWordByte || "!#$%&'*+-/=?^_`{|}~.".utf8.contains(self) }

  fileprivate var isDomainByte: Bool { isWordByte || self == UInt8(ascii: "-") || self == UInt8(ascii: ".") }
}
