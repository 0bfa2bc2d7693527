/// A currency by its three letters of ISO 4217, upper case.
public struct Currency: TextValue {
  public let text: String
  public static let expectation = "a currency of ISO 4217, as EUR"
  public static let euro = Currency(fixed: "EUR")

  public init(normal text: String) { self.text = text }

  public static func normalise(_ text: String) -> String? {
    let isCode = text.utf8.count == 3 && text.utf8.allSatisfy { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
    return isCode ? text : nil
  }

  /// Digits behind the point that amounts of the currency are written with (ISO 4217, minor unit).
  public var decimals: Int {
    switch text {
    case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF",
      "XPF":
      0
    case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND": 3
    default: 2
    }
  }
}
