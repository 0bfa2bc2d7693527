/// What records have to have in common to be compared at all.
///
/// A rule is one coarse thing that two records share, or two of them; no rule asks for more, so that errors in all
/// fields but two are survived. Keys are hashes: they can be kept and compared without telling what they are of.
public enum Blocking {
  /// The version of the rules. Kept keys of another version are made anew.
  public static let version = 1

  /// The keys of a record, each once, in ascending order.
  public static func keys(of values: [MatchField: String]) -> [Int64] {
    let parts = Parts(values)
    var keys: Set<Int64> = []
    for part in parts.alone { keys.insert(hash(part.rule, part.value)) }
    for (i, a) in parts.coarse.enumerated() {
      for b in parts.coarse[(i + 1)...] where a.subject != b.subject {
        let (first, second) = (a.rule, a.value) <= (b.rule, b.value) ? (a, b) : (b, a)
        keys.insert(hash("\(first.rule)+\(second.rule)", "\(first.value)|\(second.value)"))
      }
    }
    return keys.sorted()
  }

  /// Records that have a key in common are compared, unless more than this have it: such a key tells little, and those
  /// it would bring together share another.
  public static let largestBlock = 100

  /// The pairs of the space that have a key in common, each once, in ascending order.
  ///
  /// - Parameter keys: those of each record, by its place.
  public static func pairs(_ keys: [[Int64]], in space: MatchSpace) -> [MatchPair] {
    var holders: [(key: Int64, place: Int32)] = []
    holders.reserveCapacity(keys.reduce(0) { $0 + $1.count })
    for (place, keys) in keys.enumerated() {
      for key in keys { holders.append((key, Int32(place))) }
    }
    holders.sort { ($0.key, $0.place) < ($1.key, $1.place) }
    // A pair is one number, which sorts as the pair does.
    var packed: [UInt64] = []
    var start = 0
    while start < holders.count {
      var end = start + 1
      while end < holders.count, holders[end].key == holders[start].key { end += 1 }
      if end - start <= largestBlock {
        for a in start..<end {
          for b in (a + 1)..<end where space.contains(MatchPair(Int(holders[a].place), Int(holders[b].place))) {
            packed.append(UInt64(holders[a].place) << 32 | UInt64(holders[b].place))
          }
        }
      }
      start = end
    }
    packed.sort()
    var pairs: [MatchPair] = []
    for (number, pair) in packed.enumerated() where number == 0 || packed[number - 1] != pair {
      pairs.append(MatchPair(Int(pair >> 32), Int(pair & 0xffff_ffff)))
    }
    return pairs
  }

  /// FNV-1a of 64 bits over a rule and a value.
  public static func hash(_ rule: String, _ value: String) -> Int64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in rule.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    hash = (hash ^ 0xff) &* 0x100_0000_01b3
    for byte in value.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return Int64(bitPattern: hash)
  }

  private struct Part {
    var rule: String
    var value: String
    /// What it is drawn from: two of one subject say no more than one.
    var subject: String
  }

  private struct Parts {
    /// What brings two records together by itself.
    var alone: [Part] = []
    /// What does so with another.
    var coarse: [Part] = []

    init(_ values: [MatchField: String]) {
      names(values)
      if let date = values[.dateOfBirth] {
        alone.append(Part(rule: "date", value: date, subject: "date"))
        if date.utf8.count == 8 {
          coarse.append(Part(rule: "year", value: String(date.prefix(4)), subject: "date"))
          // The greater first: day and month may have changed places.
          let (month, day) = (String(date.dropFirst(4).prefix(2)), String(date.suffix(2)))
          coarse.append(Part(rule: "monthday", value: max(month, day) + min(month, day), subject: "date"))
        }
      }
      for (field, rule) in [(MatchField.email, "email"), (.phone, "phone"), (.nationalId, "nationalId")] {
        guard let value = values[field] else { continue }
        alone.append(Part(rule: rule, value: value, subject: rule))
        switch field {
        case .email:
          let mailbox = String(value.split(separator: "@").first ?? "")
          alone.append(Part(rule: "mailbox", value: mailbox, subject: rule))
          coarse.append(Part(rule: "mailbox4", value: String(mailbox.prefix(4)), subject: rule))
        case .phone: alone.append(Part(rule: "phone7", value: String(value.suffix(7)), subject: rule))
        default: break
        }
      }
      if let street = values[.street] {
        alone.append(Part(rule: "street", value: street, subject: "street"))
        coarse.append(Part(rule: "street5", value: String(street.filter { $0 != " " }.prefix(5)), subject: "street"))
      }
      if let code = values[.postalCode] {
        alone.append(Part(rule: "postal", value: code, subject: "place"))
        coarse.append(Part(rule: "postal", value: code, subject: "place"))
      }
      for (field, subject) in [
        (MatchField.locality, "place"), (.birthPlace, "birthPlace"), (.company, "company"), (.occupation, "occupation"),
      ] {
        guard let value = values[field] else { continue }
        coarse.append(Part(rule: field.rawValue, value: String(value.prefix(6)), subject: subject))
      }
    }

    private mutating func names(_ values: [MatchField: String]) {
      // Either name may stand in the other's place, so both are of one rule.
      for field in [MatchField.givenName, .familyName] {
        guard let name = values[field] else { continue }
        alone.append(Part(rule: "name", value: name, subject: field.rawValue))
        for word in name.split(separator: " ").prefix(3) {
          coarse.append(Part(rule: "sound", value: soundex(word), subject: field.rawValue))
        }
      }
    }
  }
}

/// How a word sounds, by Russell and Odell (1918): its first letter and the next three consonants by class. Words of
/// other alphabets are their first four letters.
func soundex(_ word: Substring) -> String {
  guard let first = word.utf8.first, word.utf8.allSatisfy({ $0 < 0x80 }) else { return String(word.prefix(4)) }
  var result = [first]
  var last = soundClass(first)
  for letter in word.utf8.dropFirst() {
    let sound = soundClass(letter)
    if sound != 0, sound != last { result.append(UInt8(ascii: "0") + sound) }
    // Two of a class count once also across h and w.
    if letter != UInt8(ascii: "h"), letter != UInt8(ascii: "w") { last = sound }
    if result.count == 4 { break }
  }
  return String(decoding: result, as: UTF8.self)
}

private func soundClass(_ letter: UInt8) -> UInt8 {
  switch letter {
  case UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "p"), UInt8(ascii: "v"): 1
  case UInt8(ascii: "c"), UInt8(ascii: "g"), UInt8(ascii: "j"), UInt8(ascii: "k"), UInt8(ascii: "q"),
    UInt8(ascii: "s"), UInt8(ascii: "x"), UInt8(ascii: "z"):
    2
  case UInt8(ascii: "d"), UInt8(ascii: "t"): 3
  case UInt8(ascii: "l"): 4
  case UInt8(ascii: "m"), UInt8(ascii: "n"): 5
  case UInt8(ascii: "r"): 6
  default: 0
  }
}
