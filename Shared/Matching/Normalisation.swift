import FoundationEssentials
import Models

/// Turns what a source tells of a person into values that can be compared.
///
/// Nothing is refused: what does not have the form of its field is compared as the text it is.
public enum Normalisation {
  /// The values of a record: its traits by name, and the addresses it carries.
  ///
  /// `fullName` stands in for given and family name where neither is told. Traits that are not standard are left out.
  public static func values(
    traits: [String: String], emails: [String] = [], phones: [String] = []
  ) -> [MatchField: String] {
    var values: [MatchField: String] = [:]
    for (name, text) in traits {
      guard let field = MatchField(rawValue: name), let value = value(text, of: field) else { continue }
      values[field] = value
    }
    if values[.givenName] == nil, values[.familyName] == nil, let name = traits["fullName"] {
      let parts = nameParts(name)
      values[.givenName] = parts.given
      values[.familyName] = parts.family
    }
    if values[.streetNumber] == nil, let street = values[.street] { splitNumber(of: street, into: &values) }
    if let email = emails.min(by: { $0.precedesByBytes($1) }) {
      values[.email] = value(email, of: .email)
    }
    if let phone = phones.min(by: { $0.precedesByBytes($1) }) {
      values[.phone] = value(phone, of: .phone)
    }
    return values
  }

  /// The value in the field's normal form; nil where nothing is told.
  public static func value(_ text: String, of field: MatchField) -> String? {
    let value =
      switch field.kind {
      case .name: words(text, apart: false)
      case .date: date(text)
      case .text: words(text, apart: true)
      case .code: String(words(text, apart: true).filter { $0 != " " })
      case .category: category(text, of: field)
      case .email: (EmailAddress(text)?.text ?? text.lowercased()).filter { !$0.isWhitespace }
      case .phone: String(text.filter { $0.isASCII && $0.isNumber })
      }
    return value.isEmpty || nothings.contains(value) ? nil : String(value.prefix(200))
  }

  /// What forms are filled with by those who tell nothing.
  private static let nothings: Set<String> = [
    "unknown", "n a", "na", "none", "null", "nil", "nan", "not known", "unbekannt", "inconnu", "test", "xxx",
  ]

  /// Letters in lower case without their marks, and digits; everything else parts words, except in names where an
  /// apostrophe stands inside of one (`O'Brien`).
  static func words(_ text: String, apart: Bool) -> String {
    var result = ""
    var isPending = false
    for scalar in text.unicodeScalars {
      if let plain = plainLetters(scalar) {
        if isPending, !result.isEmpty { result.append(" ") }
        isPending = false
        result.append(plain)
      } else if apart || !(scalar == "'" || scalar == "\u{2019}" || scalar == "`") {
        if scalar.properties.generalCategory != .nonspacingMark { isPending = true }
      }
    }
    return result
  }

  /// A letter or digit without its marks and in lower case; nil for what is neither.
  private static func plainLetters(_ scalar: Unicode.Scalar) -> String? {
    switch scalar {
    case "a"..."z", "0"..."9": return String(scalar)
    case "A"..."Z": return String(Unicode.Scalar(UInt8(scalar.value) + 32))
    case "\u{0}"..."\u{7f}": return nil
    case "ß", "ẞ": return "ss"
    case "æ", "Æ": return "ae"
    case "œ", "Œ": return "oe"
    case "þ", "Þ": return "th"
    case "ð", "Ð": return "d"
    case "ı": return "i"
    default:
      let properties = scalar.properties
      guard properties.isAlphabetic || properties.numericType != nil else { return nil }
      // "LATIN SMALL LETTER E WITH ACUTE": Unicode's own names say which letter carries the mark.
      if scalar.value < 0x250 || (0x1e00...0x1eff).contains(scalar.value), let name = properties.name,
        let with = name.firstRange(of: " WITH "), let letter = name[..<with.lowerBound].split(separator: " ").last,
        letter.count == 1
      {
        return letter.lowercased()
      }
      return properties.lowercaseMapping
    }
  }

  /// A day as its eight digits, year first. An impossible one stays: 31 February is like 28 February but for a digit.
  static func date(_ text: String) -> String {
    let head = text.split(separator: "T", maxSplits: 1).first.map(String.init) ?? text
    let parts = head.split { !($0.isASCII && $0.isNumber) }.map(String.init)
    let digits = parts.joined()
    if parts.count == 1, digits.count == 8 { return isYear(digits.prefix(4)) ? digits : turned(digits) }
    guard parts.count >= 3, parts[..<3].allSatisfy({ $0.count <= 4 }) else { return words(text, apart: true) }
    let (first, second, third) = (parts[0], parts[1], parts[2])
    if first.count == 4 { return first + twoDigits(second) + twoDigits(third) }
    guard third.count == 4 else { return words(text, apart: true) }
    // Day first, as most of the world writes it, unless the second number can be no month.
    let monthFirst = (Int(second) ?? 0) > 12
    return third + twoDigits(monthFirst ? first : second) + twoDigits(monthFirst ? second : first)
  }

  private static func isYear(_ digits: Substring) -> Bool {
    (1200...2200).contains(Int(digits) ?? 0)
  }

  /// Eight digits that end with their year.
  private static func turned(_ digits: String) -> String {
    guard isYear(digits.suffix(4)) else { return digits }
    return String(digits.suffix(4) + digits.dropFirst(2).prefix(2) + digits.prefix(2))
  }

  private static func twoDigits(_ number: String) -> String {
    number.count == 1 ? "0" + number : number
  }

  /// Given and family name of a whole one: `Family, Given`, or the last word and what stands before it.
  static func nameParts(_ name: String) -> (given: String?, family: String?) {
    func known(_ text: String) -> String? { text.isEmpty ? nil : text }
    let halves = name.split(separator: ",", maxSplits: 1).map { words(String($0), apart: false) }
    if halves.count == 2, !halves[0].isEmpty, !halves[1].isEmpty { return (known(halves[1]), known(halves[0])) }
    var parts = words(name, apart: false).split(separator: " ").map(String.init)
    while parts.count > 1, titles.contains(parts[0]) { parts.removeFirst() }
    guard let family = parts.popLast() else { return (nil, nil) }
    return (known(parts.joined(separator: " ")), family)
  }

  private static let titles: Set<String> = [
    "mr", "mrs", "ms", "miss", "dr", "prof", "sir", "herr", "frau", "mme", "monsieur", "madame", "sr", "sra",
  ]

  private static func category(_ text: String, of field: MatchField) -> String {
    let plain = words(text, apart: true)
    return switch field {
    case .gender: gender(plain)
    case .country: Countries.code(of: plain) ?? plain
    case .timeZone: offset(text) ?? plain
    // Of `de_DE.UTF-8@euro` what BCP 47 knows: its subtags, apart.
    case .locale: words(String(text.prefix { $0 != "." && $0 != "@" }), apart: true)
    default: plain
    }
  }

  /// A time zone that is told as its distance from UTC, as `+01:00`, `GMT+1` or `Z`: `utc+0100`. Without its sign it would
  /// be that of the other half of the world.
  private static func offset(_ text: String) -> String? {
    var rest = Substring(text.lowercased().filter { !$0.isWhitespace })
    if rest == "z" || rest == "utc" || rest == "gmt" { return "utc+0000" }
    for name in ["utc", "gmt"] where rest.hasPrefix(name) { rest = rest.dropFirst(name.count) }
    guard let sign = rest.first, ["+", "-", "\u{2212}"].contains(sign) else { return nil }
    let digits = rest.dropFirst().filter { $0 != ":" }
    guard (1...4).contains(digits.count), digits.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
    let hours = digits.count < 3 ? digits + "00" : digits
    let padded = String(repeating: "0", count: 4 - hours.count) + hours
    return padded == "0000" ? "utc+0000" : (sign == "+" ? "utc+" : "utc-") + padded
  }

  private static func gender(_ text: String) -> String {
    switch text {
    case "m", "male", "man", "männlich", "maennlich", "mannlich", "herr", "mr": "m"
    case "f", "female", "woman", "w", "weiblich", "frau", "mrs", "ms": "f"
    case "x", "d", "nb", "divers", "diverse", "nonbinary", "non binary": "x"
    default: text
    }
  }

  /// A house number at either end of a street goes to its own field.
  private static func splitNumber(of street: String, into values: inout [MatchField: String]) {
    let parts = street.split(separator: " ")
    guard parts.count > 1 else { return }
    if parts[0].first?.isNumber == true {
      values[.streetNumber] = String(parts[0])
      values[.street] = parts.dropFirst().joined(separator: " ")
    } else if let last = parts.last, last.first?.isNumber == true {
      values[.streetNumber] = String(last)
      values[.street] = parts.dropLast().joined(separator: " ")
    }
  }
}
