/// The levels of agreement of one pair, three bits a field: 0 where either lacks a value, otherwise the level's place
/// plus one.
public struct MatchPattern: Hashable, Comparable, Sendable {
  var bits: UInt64 = 0

  /// The level's place plus one, 0 where there is none.
  subscript(field: Int) -> Int {
    get { Int(bits >> UInt64(3 * field)) & 7 }
    set { bits = bits & ~(7 << UInt64(3 * field)) | UInt64(newValue) << UInt64(3 * field) }
  }

  public static func < (left: Self, right: Self) -> Bool { left.bits < right.bits }
}

/// Compares records of one list with each other.
public struct Comparison: Sendable {
  /// Place of each field among all, and its kind.
  private let fields: [(place: Int, kind: MatchField.Kind)]
  /// For each record and field the value's place among those of all fields, -1 where there is none.
  private let ids: [Int32]
  private let values: [MatchRecords.Value]
  private let characters: [UInt16]
  /// Place of the two names among the fields.
  private let names: (given: Int, family: Int)?

  public init(_ records: MatchRecords, fields: [MatchField]) {
    self.fields = fields.map { ($0.index, $0.kind) }
    var ids = [Int32](repeating: -1, count: records.count * fields.count)
    var values: [MatchRecords.Value] = []
    var characters: [UInt16] = []
    for (place, field) in fields.enumerated() {
      let column = records.columns[field.index]
      let (firstValue, firstCharacter) = (Int32(values.count), Int32(characters.count))
      for (record, id) in column.ids.enumerated() where id >= 0 { ids[record * fields.count + place] = firstValue + id }
      values += column.values.map { $0.moved(by: firstCharacter) }
      characters += column.characters
    }
    (self.ids, self.values, self.characters) = (ids, values, characters)
    if let given = fields.firstIndex(of: .givenName), let family = fields.firstIndex(of: .familyName) {
      names = (given, family)
    } else {
      names = nil
    }
  }

  public func pattern(_ a: Int, _ b: Int) -> MatchPattern {
    ids.withUnsafeBufferPointer { ids in
      values.withUnsafeBufferPointer { values in
        characters.withUnsafeBufferPointer { characters in
          pattern(a * fields.count, b * fields.count, Values(ids: ids, values: values, characters: characters))
        }
      }
    }
  }

  private struct Values {
    let ids: UnsafeBufferPointer<Int32>
    let values: UnsafeBufferPointer<MatchRecords.Value>
    let characters: Characters
  }

  /// - Parameters:
  ///   - a: where the record's values begin.
  ///   - b: where the other's do.
  private func pattern(_ a: Int, _ b: Int, _ all: Values) -> MatchPattern {
    var pattern = MatchPattern()
    for (place, field) in fields.enumerated() {
      let (idA, idB) = (all.ids[a + place], all.ids[b + place])
      guard idA >= 0, idB >= 0 else { continue }
      pattern[field.place] = idA == idB ? 1 : level(field.kind, Int(idA), Int(idB), all)
    }
    if let names, pattern[Self.given] > Self.similar, pattern[Self.family] > Self.similar,
      areNear(a + names.given, b + names.family, all), areNear(a + names.family, b + names.given, all)
    {
      // Names that agree only crosswise are one finding, told of the given name.
      pattern[Self.given] = Self.swapped
      pattern[Self.family] = 0
    }
    return pattern
  }

  private static let given = MatchField.givenName.index
  private static let family = MatchField.familyName.index
  private static let swapped = (MatchField.Kind.name.levels.firstIndex(of: .swapped) ?? 0) + 1
  private static let similar = (MatchField.Kind.name.levels.firstIndex(of: .similar) ?? 0) + 1

  private func areNear(_ a: Int, _ b: Int, _ all: Values) -> Bool {
    let (idA, idB) = (all.ids[a], all.ids[b])
    return idA >= 0 && idB >= 0 && level(.name, Int(idA), Int(idB), all) <= 2
  }

  private func level(_ kind: MatchField.Kind, _ a: Int, _ b: Int, _ all: Values) -> Int {
    let (valueA, valueB, characters) = (all.values[a], all.values[b], all.characters)
    return switch kind {
    case .name: compareNames(valueA, valueB, characters)
    case .date: compareDates(valueA, valueB, characters)
    case .text: compareTexts(valueA, valueB, characters)
    case .code: compareCodes(valueA, valueB, characters)
    case .category: compareCategories(valueA, valueB, characters)
    case .email: compareEmails(valueA, valueB, characters)
    case .phone: comparePhones(valueA, valueB, characters)
    }
  }
}

extension MatchRecords.Value {
  /// The value where its characters stand further on.
  func moved(by places: Int32) -> Self {
    var moved = self
    moved.start += places
    return moved
  }

  func characters(_ all: Characters) -> Characters { Characters(rebasing: all[Int(start)..<Int(start + length)]) }

  /// Whether the Jaro-Winkler similarity to the other value can reach 0.8, by how the two begin and by the characters
  /// that occur at all.
  ///
  /// Each class of characters that only one of them has costs it a match; so does what makes it longer.
  func mayBeSimilar(to other: Self, _ all: Characters) -> Bool {
    let onlyHere = Int32((mask & ~other.mask).nonzeroBitCount)
    let onlyThere = Int32((other.mask & ~mask).nonzeroBitCount)
    let matches = min(length - onlyHere, other.length - onlyThere)
    guard matches > 0 else { return false }
    var prefix: Int32 = 0
    while prefix < min(4, length, other.length), all[Int(start + prefix)] == all[Int(other.start + prefix)] {
      prefix += 1
    }
    let bonus = Double(prefix) * 0.1
    // Three times what Jaro's similarity is without transpositions, against what Winkler's bonus leaves to reach.
    return Double(matches) / Double(length) + Double(matches) / Double(other.length) + 1
      >= 3 * (0.8 - bonus) / (1 - bonus) - 1e-9
  }

  /// Whether all words of the one can be words of the other, by the characters that occur at all.
  func mayBePart(of other: Self) -> Bool {
    (hasSpace || other.hasSpace) && (mask & ~other.mask & ~1 == 0 || other.mask & ~mask & ~1 == 0)
  }
}

private func isEqual(_ a: Characters, _ b: Characters) -> Bool {
  guard a.count == b.count else { return false }
  for place in 0..<a.count where a[place] != b[place] { return false }
  return true
}

private typealias Value = MatchRecords.Value

private func compareNames(_ a: Value, _ b: Value, _ all: Characters) -> Int {
  let (textA, textB) = (a.characters(all), b.characters(all))
  if isEqual(textA, textB) { return 1 }
  if a.mayBeSimilar(to: b, all) {
    let similarity = jaroWinkler(textA, textB)
    if similarity >= 0.92 || (min(a.length, b.length) >= 4 && isOneEdit(textA, textB)) { return 2 }
    if similarity >= 0.8, min(a.length, b.length) > 1 { return 3 }
  }
  if min(a.length, b.length) == 1, textA[0] == textB[0] { return 4 }
  if a.mayBePart(of: b), isPartOfWords(textA, textB) { return 4 }
  return 6
}

private func compareDates(_ a: Value, _ b: Value, _ all: Characters) -> Int {
  let (textA, textB) = (a.characters(all), b.characters(all))
  if isEqual(textA, textB) { return 1 }
  guard a.isDate, b.isDate else { return isOneEdit(textA, textB) ? 2 : 6 }
  let differing = differingPlaces(textA, textB) ?? 8
  guard differing <= 6 else { return 6 }
  if differing == 1 || isOneEdit(textA, textB) { return 2 }
  func isEqualAt(_ a: Int, _ b: Int) -> Bool { textA[a] == textB[b] && textA[a + 1] == textB[b + 1] }
  let year = isEqualAt(0, 0) && isEqualAt(2, 2)
  if year, isEqualAt(4, 6), isEqualAt(6, 4) { return 3 }
  let (month, day) = (isEqualAt(4, 4), isEqualAt(6, 6))
  if (year ? 1 : 0) + (month ? 1 : 0) + (day ? 1 : 0) == 2 { return 4 }
  return differing == 2 ? 5 : 6
}

private func compareTexts(_ a: Value, _ b: Value, _ all: Characters) -> Int {
  let (textA, textB) = (a.characters(all), b.characters(all))
  if isEqual(textA, textB) { return 1 }
  if a.mayBeSimilar(to: b, all) {
    let similarity = jaroWinkler(textA, textB)
    if similarity >= 0.92 || (min(a.length, b.length) >= 4 && isOneEdit(textA, textB)) { return 2 }
    if similarity >= 0.8 { return 3 }
  }
  if a.mayBePart(of: b), isPartOfWords(textA, textB) { return 4 }
  return 5
}

private func compareCodes(_ a: Value, _ b: Value, _ all: Characters) -> Int {
  let (textA, textB) = (a.characters(all), b.characters(all))
  if isEqual(textA, textB) { return 1 }
  if isOneEdit(textA, textB) { return 2 }
  let shorter = min(textA.count, textB.count)
  guard shorter >= 3 else { return 4 }
  let beginnings = (Characters(rebasing: textA[...(shorter / 2)]), Characters(rebasing: textB[...(shorter / 2)]))
  if isEqual(beginnings.0, beginnings.1) { return 3 }
  return 4
}

private func compareCategories(_ a: Value, _ b: Value, _ all: Characters) -> Int {
  let (textA, textB) = (a.characters(all), b.characters(all))
  if isEqual(textA, textB) { return 1 }
  return min(textA.count, textB.count) >= 2 && isOneEdit(textA, textB) ? 2 : 3
}

private func compareEmails(_ a: Value, _ b: Value, _ all: Characters) -> Int {
  let (textA, textB) = (a.characters(all), b.characters(all))
  if isEqual(textA, textB) { return 1 }
  let mailboxA = Characters(rebasing: textA[..<Int(a.mailboxLength)])
  let mailboxB = Characters(rebasing: textB[..<Int(b.mailboxLength)])
  if isEqual(mailboxA, mailboxB) { return 2 }
  if a.mayBeSimilar(to: b, all), isOneEdit(textA, textB) || jaroWinkler(textA, textB) >= 0.92 { return 3 }
  if isOneEdit(mailboxA, mailboxB) || jaroWinkler(mailboxA, mailboxB) >= 0.92 { return 3 }
  return 4
}

private func comparePhones(_ a: Value, _ b: Value, _ all: Characters) -> Int {
  let (textA, textB) = (a.characters(all), b.characters(all))
  if isEqual(textA, textB) { return 1 }
  let endings = (Characters(rebasing: textA.suffix(7)), Characters(rebasing: textB.suffix(7)))
  if min(textA.count, textB.count) >= 7, isEqual(endings.0, endings.1) { return 2 }
  return isOneEdit(textA, textB) ? 3 : 4
}
