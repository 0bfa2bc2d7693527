/// A telephone number in the international form of E.164, as `+493012345678`.
///
/// Takes the usual spellings of an international number (`+49 (0)30 123-456 78`, `0049…`). A national number without
/// its country is refused: nothing says which country was meant.
public struct PhoneNumber: TextValue {
  public let text: String
  public static let expectation = "a telephone number with its country, as +493012345678"

  public init(normal text: String) { self.text = text }

  public static func normalise(_ text: String) -> String? {
    var spelling = trimmed(text)
    if spelling.hasPrefix("tel:") { spelling.removeFirst(4) }
    if spelling.hasPrefix("00") { spelling = "+" + spelling.dropFirst(2) }
    guard spelling.first == "+" else { return nil }
    // "+49 (0)30": the trunk prefix is written for callers at home and not dialled from abroad.
    if let trunk = spelling.firstRange(of: "(0)") { spelling.removeSubrange(trunk) }
    var digits = ""
    for character in spelling.dropFirst() {
      switch character {
      case "0"..."9" where character.isASCII: digits.append(character)
      case " ", "\u{a0}", "-", "\u{2013}", ".", "/", "(", ")": continue
      default: return nil
      }
    }
    guard (7...15).contains(digits.count), digits.first != "0" else { return nil }
    return "+" + digits
  }
}
