/// Name of a system that records come from, 1 to 100 bytes.
public struct SourceName: TextValue {
  public let text: String
  public static let expectation = "a text of 1 to 100 bytes"

  public init(normal text: String) { self.text = text }

  public static func normalise(_ text: String) -> String? { bounded(text, bytes: 1...100) }
}

/// Id of a record in the system it comes from, 1 to 200 bytes.
public struct ExternalID: TextValue {
  public let text: String
  public static let expectation = "a text of 1 to 200 bytes"

  public init(normal text: String) { self.text = text }

  public static func normalise(_ text: String) -> String? { bounded(text, bytes: 1...200) }
}

/// Name of a trait, as `givenName`, 1 to 100 bytes.
public struct TraitName: TextValue {
  public let text: String
  public static let expectation = "a text of 1 to 100 bytes"

  public init(normal text: String) { self.text = text }

  public static func normalise(_ text: String) -> String? { bounded(text, bytes: 1...100) }
}

/// Stock keeping unit: the product's id in the shop, 1 to 100 bytes.
public struct SKU: TextValue {
  public let text: String
  public static let expectation = "a text of 1 to 100 bytes"

  public init(normal text: String) { self.text = text }

  public static func normalise(_ text: String) -> String? { bounded(text, bytes: 1...100) }
}

/// Why a person did something, 1 to 1,000 bytes.
public struct Reason: TextValue {
  public let text: String
  public static let expectation = "a text of 1 to 1000 bytes"

  public init(normal text: String) { self.text = text }

  public static func normalise(_ text: String) -> String? { bounded(text, bytes: 1...1000) }
}

/// Name of a channel to a customer, as `email` or `phone`: 1 to 50 letters, digits, `-`, `_` or `.`.
public struct Channel: TextValue {
  public let text: String
  public static let expectation = "1 to 50 letters, digits, '-', '_' or '.'"

  public init(normal text: String) { self.text = text }

  public static func normalise(_ text: String) -> String? {
    let isName = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
        true
      default: false
      }
    }
    return isName && (1...50).contains(text.utf8.count) ? text : nil
  }
}

/// What somebody looks for, 2 to 200 bytes.
public struct SearchText: TextValue {
  public let text: String
  public static let expectation = "a text of 2 to 200 bytes"

  public init(normal text: String) { self.text = text }

  public static func normalise(_ text: String) -> String? { bounded(text, bytes: 2...200) }

  /// The words, in lower case, each once; at most eight.
  public var words: [String] {
    var words: [String] = []
    for word in text.lowercased().split(whereSeparator: \.isWhitespace) where !words.contains(String(word)) {
      words.append(String(word))
    }
    return Array(words.prefix(8))
  }
}
