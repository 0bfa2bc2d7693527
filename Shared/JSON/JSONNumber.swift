import FoundationEssentials

/// A number of a JSON text, exactly: significand × 10^exponent.
struct JSONNumber {
  var isNegative = false
  /// Digits without leading and trailing zeros; nil when there are more than 38.
  var significand: UInt128? = 0
  var exponent = 0

  /// Reads plain notation, nil when the bytes are another or none.
  init?(plain text: some Collection<UInt8>) {
    guard text.allSatisfy({ $0 | 0x20 != UInt8(ascii: "e") }) else { return nil }
    self.init(text)
  }

  /// Reads a number, nil when the bytes are none.
  init?(_ text: some Collection<UInt8>) {
    var digits = 0
    var zeros = 0
    var value: UInt128 = 0
    var isOverlong = false
    var hasDigits = false
    var fraction: Int?
    var iterator = text.makeIterator()
    var next = iterator.next()
    if next == UInt8(ascii: "-") {
      isNegative = true
      next = iterator.next()
    }
    while let byte = next {
      if byte == UInt8(ascii: "."), fraction == nil, hasDigits {
        fraction = 0
        hasDigits = false
      } else if byte &- UInt8(ascii: "0") < 10 {
        let digit = byte - UInt8(ascii: "0")
        hasDigits = true
        if fraction != nil { fraction = (fraction ?? 0) + 1 }
        // Zeros count only once another digit follows them.
        if digit == 0 {
          if digits > 0 { zeros += 1 }
        } else {
          if digits + zeros + 1 <= 38 {
            for _ in 0...zeros { value *= 10 }
            value += UInt128(digit)
          } else {
            isOverlong = true
          }
          digits += zeros + 1
          zeros = 0
        }
      } else {
        break
      }
      next = iterator.next()
    }
    guard hasDigits else { return nil }
    var power = 0
    if let byte = next, byte | 0x20 == UInt8(ascii: "e") {
      next = iterator.next()
      let isPowerNegative = next == UInt8(ascii: "-")
      if next == UInt8(ascii: "-") || next == UInt8(ascii: "+") { next = iterator.next() }
      guard next != nil else { return nil }
      while let byte = next, byte &- UInt8(ascii: "0") < 10 {
        // Beyond a million all powers are equally out of range.
        power = min(power * 10 + Int(byte - UInt8(ascii: "0")), 1_000_000)
        next = iterator.next()
      }
      if isPowerNegative { power = -power }
    }
    guard next == nil else { return nil }
    significand = isOverlong ? nil : value
    exponent = digits == 0 ? 0 : power - (fraction ?? 0) + zeros
  }

  /// The number as an integer of that type, nil when it has a fraction or does not fit.
  func integer<Integer: FixedWidthInteger>(_: Integer.Type) -> Integer? {
    guard let significand, exponent >= 0, exponent <= 38 else { return nil }
    var value = significand
    for _ in 0..<exponent {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      guard !overflow else { return nil }
      value = product
    }
    guard isNegative else { return Integer(exactly: value) }
    guard value <= UInt128(Int128.max) else { return nil }
    return Integer(exactly: -Int128(value))
  }

  private static let tenToThe19: UInt64 = 10_000_000_000_000_000_000

  /// Characters that the number takes in plain notation, its sign and its point included.
  private var plainLength: Int {
    guard let significand else { return .max }
    let digits = String(significand).utf8.count
    let length = exponent >= 0 ? digits + exponent : max(digits, 1 - exponent) + 1
    return length + (isNegative ? 1 : 0)
  }

  /// The number as a decimal, nil when it has over 38 significant digits or cannot be written plainly in 40
  /// characters.
  var decimal: Decimal? {
    guard let significand, plainLength <= JSONLimits.standard.numberLength else { return nil }
    if significand == 0 { return 0 }
    let (high, low) = significand.quotientAndRemainder(dividingBy: UInt128(Self.tenToThe19))
    let value = Decimal(UInt64(high)) * Decimal(Self.tenToThe19) + Decimal(UInt64(low))
    return Decimal(sign: isNegative ? .minus : .plus, exponent: exponent, significand: value)
  }
}
