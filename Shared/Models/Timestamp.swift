/// A moment in UTC, exact to the microsecond as PostgreSQL keeps it; RFC 3339 on the wire.
public struct Timestamp: Hashable, Comparable, Sendable {
  /// Microseconds since 1970-01-01T00:00:00Z.
  public let microsecondsSinceEpoch: Int64

  public init(microsecondsSinceEpoch: Int64) {
    self.microsecondsSinceEpoch = microsecondsSinceEpoch
  }

  public init(secondsSinceEpoch: Int64) {
    self.init(microsecondsSinceEpoch: secondsSinceEpoch * 1_000_000)
  }

  /// Reads RFC 3339 with `Z` or an offset; digits past the microsecond are dropped. Nil for anything else, a day
  /// without a time and a moment that is in no year of 1 to 9999 in UTC included.
  public init?(_ text: some StringProtocol) {
    let bytes = Array(text.utf8)
    guard bytes.count >= 20, bytes.count <= 40, bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: "t"),
      bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"), let day = Day(text.prefix(10)),
      let hour = decimalNumber(bytes[11..<13]), hour < 24, let minute = decimalNumber(bytes[14..<16]), minute < 60,
      let second = decimalNumber(bytes[17..<19]), second <= 60
    else { return nil }
    var position = 19
    var fraction = 0
    if bytes[position] == UInt8(ascii: ".") {
      position += 1
      let start = position
      while position < bytes.count, let digit = decimalNumber(bytes[position..<position + 1]) {
        if position - start < 6 { fraction = fraction * 10 + digit }
        position += 1
      }
      guard position > start else { return nil }
      for _ in (position - start)..<max(6, position - start) { fraction *= 10 }
    }
    guard let offset = Self.offsetMinutes(bytes[position...]) else { return nil }
    let minutes = Int64(day.daysSinceEpoch) * 1440 + Int64(hour * 60 + minute - offset)
    self.init(microsecondsSinceEpoch: (minutes * 60 + Int64(min(second, 59))) * 1_000_000 + Int64(fraction))
    guard isWritable else { return nil }
  }

  /// Whether RFC 3339 can write it: its year, in UTC, is one of 1 to 9999.
  public var isWritable: Bool { (1...9999).contains(day.civil.year) }

  private static func offsetMinutes(_ bytes: ArraySlice<UInt8>) -> Int? {
    let zone = Array(bytes)
    if zone == [UInt8(ascii: "Z")] || zone == [UInt8(ascii: "z")] { return 0 }
    guard zone.count == 6, zone[3] == UInt8(ascii: ":"), let hours = decimalNumber(zone[1..<3]), hours < 24,
      let minutes = decimalNumber(zone[4..<6]), minutes < 60
    else { return nil }
    switch zone[0] {
    case UInt8(ascii: "+"): return hours * 60 + minutes
    case UInt8(ascii: "-"): return -(hours * 60 + minutes)
    default: return nil
    }
  }

  /// The day in UTC.
  public var day: Day {
    let day = 86_400_000_000 as Int64
    let quotient = microsecondsSinceEpoch / day
    return Day(daysSinceEpoch: Int(microsecondsSinceEpoch % day < 0 ? quotient - 1 : quotient))
  }

  public func adding(seconds: Int64) -> Timestamp {
    Timestamp(microsecondsSinceEpoch: microsecondsSinceEpoch + seconds * 1_000_000)
  }

  /// Seconds from the other moment to this one.
  public func seconds(since other: Timestamp) -> Double {
    Double(microsecondsSinceEpoch - other.microsecondsSinceEpoch) / 1_000_000
  }

  public static func < (left: Self, right: Self) -> Bool {
    left.microsecondsSinceEpoch < right.microsecondsSinceEpoch
  }
}

extension Timestamp: CustomStringConvertible {
  /// RFC 3339 in UTC: whole seconds without a fraction, otherwise three or six digits.
  public var description: String {
    let day = day
    let rest = Int(microsecondsSinceEpoch - day.start.microsecondsSinceEpoch)
    let (seconds, fraction) = rest.quotientAndRemainder(dividingBy: 1_000_000)
    let clock = "\(padded(seconds / 3600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
    if fraction == 0 { return "\(day)T\(clock)Z" }
    if fraction % 1000 == 0 { return "\(day)T\(clock).\(padded(fraction / 1000, 3))Z" }
    return "\(day)T\(clock).\(padded(fraction, 6))Z"
  }
}

extension Timestamp: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let moment = Timestamp(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "must be a time of RFC 3339, as 2026-01-31T12:00:00Z")
    }
    self = moment
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
