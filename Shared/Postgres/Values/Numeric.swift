public import struct Foundation.Decimal

/// Exact both ways. A numeric of more than 38 significant digits, or infinite, is refused when read.
extension Decimal: PostgresValue {
  public static var postgresType: PostgresType { .numeric }

  public init(postgres cell: PostgresCell) throws {
    let bytes = try cell.bytes(of: .numeric, as: "Decimal")
    let count = Int(try bytes.number(at: 0, as: UInt16.self))
    let weight = Int(try bytes.number(at: 2, as: Int16.self))
    switch try bytes.number(at: 4, as: UInt16.self) {
    case NumericSign.plus: self = try Decimal(groups: bytes, count: count, weight: weight, sign: .plus)
    case NumericSign.minus: self = try Decimal(groups: bytes, count: count, weight: weight, sign: .minus)
    case NumericSign.notANumber: self = .nan
    default: throw PostgresError(.decoding, "an infinite numeric cannot be read as Decimal")
    }
  }

  /// Reads groups of four digits; the first counts 10000 to the power of the weight.
  private init(groups bytes: UnsafeRawBufferPointer, count: Int, weight: Int, sign: FloatingPointSign) throws {
    guard count > 0 else {
      self = 0
      return
    }
    let tooLong = PostgresError(.decoding, "a numeric of more than 38 significant digits cannot be read as Decimal")
    var significand: UInt128 = 0
    var exponent = 4 * (weight - count + 1)
    for group in 0..<count {
      var digits = UInt128(try bytes.number(at: 8 + 2 * group, as: UInt16.self))
      var scale: UInt128 = 10_000
      if group == count - 1 {
        // Zeros at the end are no significant digits, and could be one too many.
        while digits != 0, digits % 10 == 0 {
          digits /= 10
          scale /= 10
          exponent += 1
        }
      }
      let (shifted, overflow) = significand.multipliedReportingOverflow(by: scale)
      let (sum, carry) = shifted.addingReportingOverflow(digits)
      guard !overflow, !carry else { throw tooLong }
      significand = sum
    }
    // Decimal keeps its exponent in eight bits; a larger one may still fit as zeros of the significand.
    while exponent > 127 {
      let (scaled, overflow) = significand.multipliedReportingOverflow(by: 10)
      guard !overflow else { throw tooLong }
      significand = scaled
      exponent -= 1
    }
    guard exponent >= -127, significand < Self.limit else { throw tooLong }
    let (high, low) = significand.quotientAndRemainder(dividingBy: Self.half)
    var exact = Decimal(UInt64(low))
    if high != 0 { exact += Decimal(UInt64(high)) * Decimal(UInt64(Self.half)) }
    self.init(sign: sign, exponent: exponent, significand: exact)
  }

  private static let half: UInt128 = 10_000_000_000_000_000_000
  private static let limit: UInt128 = half * half

  public func encode(into bytes: inout [UInt8]) {
    guard !isNaN else {
      for word in [0, 0, NumericSign.notANumber, 0] as [UInt16] { bytes.append(bigEndian: word) }
      return
    }
    // The description is plain digits with at most one point, whatever the exponent.
    var whole: [UInt8] = []
    var fraction: [UInt8] = []
    var isFraction = false
    for character in description.utf8 {
      switch character {
      case UInt8(ascii: "."): isFraction = true
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        if isFraction {
          fraction.append(character - UInt8(ascii: "0"))
        } else {
          whole.append(character - UInt8(ascii: "0"))
        }
      default: break
      }
    }
    let scale = fraction.count
    // Groups of four begin at the point, so both sides are filled up away from it.
    whole = [UInt8](repeating: 0, count: (4 - whole.count % 4) % 4) + whole
    fraction += [UInt8](repeating: 0, count: (4 - fraction.count % 4) % 4)
    let digits = whole + fraction
    var groups = stride(from: 0, to: digits.count, by: 4).map { start in
      digits[start..<start + 4].reduce(0 as UInt16) { $0 * 10 + UInt16($1) }
    }
    var weight = whole.count / 4 - 1
    let zeros = groups.prefix { $0 == 0 }.count
    groups.removeFirst(zeros)
    weight -= zeros
    while groups.last == 0 { groups.removeLast() }
    bytes.append(bigEndian: UInt16(groups.count))
    bytes.append(bigEndian: Int16(groups.isEmpty ? 0 : weight))
    bytes.append(bigEndian: sign == .minus && !groups.isEmpty ? NumericSign.minus : NumericSign.plus)
    bytes.append(bigEndian: UInt16(scale))
    for group in groups { bytes.append(bigEndian: group) }
  }
}

/// How PostgreSQL marks the sign of a numeric, and what is no number.
private enum NumericSign {
  static let plus: UInt16 = 0x0000
  static let minus: UInt16 = 0x4000
  static let notANumber: UInt16 = 0xC000
}
