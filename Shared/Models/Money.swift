import FoundationEssentials

/// An exact amount of one currency: `{"amount": "79.90", "currency": "EUR"}` on the wire.
public struct Money: Hashable, Sendable, Codable {
  /// Amount in units of the currency, with at least as many decimals as the currency is written with.
  public var amount: Amount
  /// Currency of the amount.
  public var currency: Currency

  public init(amount: Amount, currency: Currency) {
    self.amount = amount
    self.currency = currency
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(amount.text(minimumDecimals: currency.decimals), forKey: .amount)
    try container.encode(currency, forKey: .currency)
  }
}

/// An exact decimal number: an amount of money in units of its currency, or a quantity of goods.
///
/// A decimal string on the wire; an integer is taken too. It never passes through a binary float. At most 38
/// significant digits.
public struct Amount: Hashable, Comparable, Sendable {
  public let decimal: Decimal

  public init(_ decimal: Decimal) {
    self.decimal = decimal
  }

  public init(_ integer: Int) {
    self.decimal = Decimal(integer)
  }

  /// Reads plain decimal notation, as `-12.50`.
  public init?(_ text: some StringProtocol) {
    let digits = text.utf8.drop { $0 == UInt8(ascii: "-") }
    let parts = digits.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard text.utf8.count - digits.count <= 1, (1...2).contains(parts.count), digits.count <= 39,
      parts.allSatisfy({ part in
        !part.isEmpty && part.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      }), let decimal = Decimal(string: String(text))
    else { return nil }
    self.decimal = decimal
  }

  public static func < (left: Self, right: Self) -> Bool { left.decimal < right.decimal }
}

extension Amount: CustomStringConvertible {
  /// Plain notation without trailing zeros.
  public var description: String { decimal.description }

  /// Plain notation with at least so many digits behind the point.
  public func text(minimumDecimals: Int) -> String {
    let text = decimal.description
    let decimals = text.firstIndex(of: ".").map { text.utf8.distance(from: $0, to: text.endIndex) - 1 }
    let missing = String(repeating: "0", count: max(0, minimumDecimals - (decimals ?? 0)))
    return decimals == nil && !missing.isEmpty ? "\(text).\(missing)" : text + missing
  }
}

extension Amount: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let text = try? container.decode(String.self) {
      guard let amount = Amount(text) else {
        throw DecodingError.dataCorruptedError(in: container, debugDescription: "must be a decimal, as \"79.90\"")
      }
      self = amount
    } else {
      guard let integer = try? container.decode(Int.self) else {
        throw DecodingError.dataCorruptedError(
          in: container, debugDescription: "must be a decimal string or an integer")
      }
      self.init(Decimal(integer))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
