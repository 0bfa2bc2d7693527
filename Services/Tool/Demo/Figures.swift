import Foundation
import JSON

/// Numbers as people read them.
enum Figures {
  /// `12,345`, or with decimals `12,345.68`.
  static func number(_ value: Double?, decimals: Int = 0) -> String {
    guard let value, value.isFinite else { return "–" }
    let digits = String(format: "%.\(decimals)f", abs(value))
    let parts = digits.split(separator: ".", maxSplits: 1)
    var whole = ""
    for (place, digit) in parts[0].reversed().enumerated() {
      if place > 0, place.isMultiple(of: 3) { whole.append(",") }
      whole.append(digit)
    }
    return (value < 0 ? "−" : "") + String(whole.reversed()) + (parts.count > 1 ? ".\(parts[1])" : "")
  }

  /// A share of one as `12 %`.
  static func percent(_ share: Double?) -> String {
    share.map { "\(number(100 * $0)) %" } ?? "–"
  }

  /// Money as `79.90 EUR`, in whole units from 1,000 on.
  static func money(_ money: JSONNode?) -> String {
    guard let text = money?["amount"]?.string, let amount = Double(text), let currency = money?["currency"]?.string
    else { return "–" }
    return "\(number(amount, decimals: abs(amount) < 1000 ? 2 : 0)) \(currency)"
  }
}

/// Lines of a screen with a column of labels, none wider than 100 characters.
struct Screen {
  private static let width = 100
  private static let labelWidth = 17

  private(set) var lines: [String] = []

  mutating func heading(_ text: String) {
    lines.append(text)
  }

  /// A label and its parts, which go on in the next line where they do not fit.
  mutating func line(_ label: String, _ parts: [String], separator: String = " · ") {
    var line = "  " + label.padding(toLength: Self.labelWidth, withPad: " ", startingAt: 0)
    var isEmpty = true
    for part in parts {
      if !isEmpty, line.count + separator.count + part.count > Self.width {
        lines.append(line)
        line = String(repeating: " ", count: 2 + Self.labelWidth)
        isEmpty = true
      }
      line += (isEmpty ? "" : separator) + part
      isEmpty = false
    }
    lines.append(line)
  }

  mutating func line(_ label: String, _ text: String) {
    line(label, [text])
  }
}
