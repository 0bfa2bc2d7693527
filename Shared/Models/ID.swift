/// The id of an `Entity`: a UUID of version 7, lower-case on the wire.
///
/// Ids compare by their bytes, in Swift as in PostgreSQL, so the smallest id is the earliest in both.
public struct ID<Entity>: Hashable, Comparable, Sendable {
  /// Bytes 0 to 7, big-endian.
  public let high: UInt64
  /// Bytes 8 to 15, big-endian.
  public let low: UInt64

  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// The same id under another name: a customer's id is that of its earliest profile.
  public init<Other>(_ other: ID<Other>) {
    self.init(high: other.high, low: other.low)
  }

  /// Reads the canonical form of 36 characters, in either case.
  public init?(_ text: some StringProtocol) {
    var high: UInt64 = 0
    var low: UInt64 = 0
    var position = 0
    for byte in text.utf8 {
      switch position {
      case 8, 13, 18, 23:
        guard byte == UInt8(ascii: "-") else { return nil }
      case 0..<18:
        guard let digit = byte.hexDigit else { return nil }
        high = high << 4 | UInt64(digit)
      case 18..<36:
        guard let digit = byte.hexDigit else { return nil }
        low = low << 4 | UInt64(digit)
      default:
        return nil
      }
      position += 1
    }
    guard position == 36 else { return nil }
    self.init(high: high, low: low)
  }

  public static func < (left: Self, right: Self) -> Bool {
    (left.high, left.low) < (right.high, right.low)
  }
}

extension ID: CustomStringConvertible {
  public var description: String {
    String(unsafeUninitializedCapacity: 36) { buffer in
      var position = 0
      for (word, half) in [(high, 0), (low, 1)] {
        for digit in 0..<16 {
          if half == 0 ? (digit == 8 || digit == 12) : (digit == 0 || digit == 4) {
            buffer[position] = UInt8(ascii: "-")
            position += 1
          }
          let value = UInt8(truncatingIfNeeded: word >> (60 - 4 * UInt64(digit))) & 0xf
          buffer[position] = value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") - 10 + value
          position += 1
        }
      }
      return position
    }
  }
}

extension ID: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let id = Self(text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "must be a UUID")
    }
    self = id
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

extension UInt8 {
  /// The value of an ASCII hexadecimal digit.
  var hexDigit: UInt8? {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
