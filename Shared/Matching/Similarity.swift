/// A text as numbers, one a character.
typealias Characters = UnsafeBufferPointer<UInt16>

/// The similarity of Jaro (1989) with Winkler's bonus for a common beginning (1990), from 0 to 1.
///
/// Characters match when they are equal and no further apart than half the longer text; half of those that match in
/// another order are transpositions. Of texts over 64 characters the first 64 are compared.
func jaroWinkler(_ a: Characters, _ b: Characters) -> Double {
  let (lengthA, lengthB) = (min(a.count, 64), min(b.count, 64))
  guard lengthA > 0, lengthB > 0 else { return 0 }
  let window = max(0, max(lengthA, lengthB) / 2 - 1)
  var (matchedA, matchedB): (UInt64, UInt64) = (0, 0)
  var matches = 0
  for i in 0..<lengthA {
    let last = min(lengthB - 1, i + window)
    var j = max(0, i - window)
    while j <= last {
      if matchedB & (1 << UInt64(j)) == 0, a[i] == b[j] {
        matchedA |= 1 << UInt64(i)
        matchedB |= 1 << UInt64(j)
        matches += 1
        break
      }
      j += 1
    }
  }
  guard matches > 0 else { return 0 }
  var outOfOrder = 0
  var (restA, restB) = (matchedA, matchedB)
  while restA != 0 {
    if a[restA.trailingZeroBitCount] != b[restB.trailingZeroBitCount] { outOfOrder += 1 }
    restA &= restA - 1
    restB &= restB - 1
  }
  let common = Double(matches)
  let jaro = (common / Double(lengthA) + common / Double(lengthB) + (common - Double(outOfOrder / 2)) / common) / 3
  var prefix = 0
  while prefix < min(4, lengthA, lengthB), a[prefix] == b[prefix] { prefix += 1 }
  return jaro + Double(prefix) * 0.1 * (1 - jaro)
}

/// Whether one edit makes the one text of the other: a character changed, left out, added, or two neighbours exchanged
/// (Damerau 1964). Equal texts are none.
func isOneEdit(_ a: Characters, _ b: Characters) -> Bool {
  guard abs(a.count - b.count) <= 1 else { return false }
  var start = 0
  while start < min(a.count, b.count), a[start] == b[start] { start += 1 }
  var (endA, endB) = (a.count, b.count)
  while endA > start, endB > start, a[endA - 1] == b[endB - 1] { (endA, endB) = (endA - 1, endB - 1) }
  switch (endA - start, endB - start) {
  case (1, 1), (1, 0), (0, 1): return true
  case (2, 2): return a[start] == b[start + 1] && a[start + 1] == b[start]
  default: return false
  }
}

/// How many places differ between texts of one length; nil where the lengths differ.
func differingPlaces(_ a: Characters, _ b: Characters) -> Int? {
  guard a.count == b.count else { return nil }
  var differing = 0
  for i in 0..<a.count where a[i] != b[i] { differing += 1 }
  return differing
}

/// Whether every word of the text with fewer words is a word of the other, where they have not the same number.
func isPartOfWords(_ a: Characters, _ b: Characters) -> Bool {
  let space = UInt16(UInt8(ascii: " "))
  guard a.contains(space) || b.contains(space) else { return false }
  let (wordsA, wordsB) = (a.split(separator: space), b.split(separator: space))
  let (fewer, more) = wordsA.count <= wordsB.count ? (wordsA, wordsB) : (wordsB, wordsA)
  return fewer.allSatisfy { word in word.count > 1 && more.contains { $0.elementsEqual(word) } }
}
