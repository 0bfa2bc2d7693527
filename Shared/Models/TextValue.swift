/// A value that is a text of a certain form, a string on the wire.
///
/// The one place where such types are read and written: a conforming type says how its text is checked and what it must
/// be.
public protocol TextValue: Codable, Hashable, Comparable, Sendable {
  var text: String { get }
  /// The text in its normal form, nil when it is no value of the type.
  static func normalise(_ text: String) -> String?
  /// What the value must be, after "must be".
  static var expectation: String { get }
  /// For a text in its normal form only.
  init(normal text: String)
}

extension TextValue {
  public init?(_ text: some StringProtocol) {
    guard let normal = Self.normalise(String(text)) else { return nil }
    self.init(normal: normal)
  }

  /// A value written in the program, in its normal form.
  public init(fixed text: StaticString) {
    self.init(normal: "\(text)")
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let value = Self(try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "must be \(Self.expectation)")
    }
    self = value
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }

  public static func < (left: Self, right: Self) -> Bool { left.text.precedesByBytes(right.text) }
}

extension String {
  /// Whether it stands before the other by the bytes of UTF-8, as PostgreSQL's collation "C" sorts.
  public func precedesByBytes(_ other: String) -> Bool {
    var (left, right) = (self, other)
    return left.withUTF8 { left in
      right.withUTF8 { right in
        let shorter = min(left.count, right.count)
        var place = 0
        while place < shorter, left[place] == right[place] { place += 1 }
        return place < shorter ? left[place] < right[place] : left.count < right.count
      }
    }
  }
}

/// The text without white space at its ends, when it is of so many bytes then.
func bounded(_ text: String, bytes: ClosedRange<Int>) -> String? {
  let text = trimmed(text)
  return bytes.contains(text.utf8.count) ? text : nil
}

/// The text without white space at its ends.
func trimmed(_ text: String) -> String {
  if let first = text.utf8.first, let last = text.utf8.last, isPlain(first), isPlain(last) { return text }
  guard text.first?.isWhitespace == true || text.last?.isWhitespace == true else { return text }
  var rest = Substring(text)
  while rest.first?.isWhitespace == true { rest.removeFirst() }
  while rest.last?.isWhitespace == true { rest.removeLast() }
  return String(rest)
}

/// Whether the byte is an ASCII character that shows.
private func isPlain(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x7f }
