/// Records to be compared, a column a field: each value once, with what comparing it needs, and who has it.
public struct MatchRecords: Sendable {
  public private(set) var count = 0
  private(set) var columns: [Column]

  public init() {
    columns = MatchField.allCases.map { Column(kind: $0.kind) }
  }

  public init(_ records: some Sequence<[MatchField: String]>) {
    self.init()
    for record in records { append(record) }
  }

  /// Adds a record and answers its place.
  @discardableResult
  public mutating func append(_ values: [MatchField: String]) -> Int {
    for (index, field) in MatchField.allCases.enumerated() { columns[index].append(values[field]) }
    count += 1
    return count - 1
  }

  public func value(_ field: MatchField, of record: Int) -> String? {
    let column = columns[field.index]
    let id = column.ids[record]
    return id < 0 ? nil : column.texts[Int(id)]
  }

  /// The fields that at least two records tell, in their order.
  public var fields: [MatchField] {
    MatchField.allCases.filter { columns[$0.index].told >= 2 }
  }

  struct Column: Sendable {
    let kind: MatchField.Kind
    /// The value of each record, -1 where it has none.
    private(set) var ids: [Int32] = []
    private(set) var texts: [String] = []
    /// How many records have the value.
    private(set) var counts: [Int32] = []
    private(set) var values: [Value] = []
    private(set) var characters: [UInt16] = []
    private(set) var told = 0
    private var places: [String: Int32] = [:]

    init(kind: MatchField.Kind) { self.kind = kind }

    mutating func append(_ text: String?) {
      guard let text else {
        ids.append(-1)
        return
      }
      told += 1
      if let place = places[text] {
        ids.append(place)
        counts[Int(place)] += 1
        return
      }
      let place = Int32(texts.count)
      places[text] = place
      texts.append(text)
      counts.append(1)
      let start = characters.count
      // Beyond the first 65,536 characters of Unicode two may be taken for one, which makes them alike at worst.
      for scalar in text.unicodeScalars.prefix(120) { characters.append(UInt16(truncatingIfNeeded: scalar.value)) }
      values.append(Value(characters[start...], start: start, kind: kind))
      ids.append(place)
    }

    func id(of text: String) -> Int32? { places[text] }
  }

  struct Value: Sendable {
    var start: Int32
    var length: Int32
    /// A bit for each of 32 classes of characters that occur.
    var mask: UInt32 = 0
    /// Characters before the `@`.
    var mailboxLength: Int32 = 0
    /// Of a date: its eight digits are all there.
    var isDate = false
    var hasSpace = false

    init(_ characters: ArraySlice<UInt16>, start: Int, kind: MatchField.Kind) {
      self.start = Int32(start)
      length = Int32(characters.count)
      for character in characters { mask |= 1 << UInt32(character & 31) }
      hasSpace = characters.contains(32)
      if kind == .email {
        mailboxLength = Int32(characters.lastIndex(of: 64).map { $0 - characters.startIndex } ?? characters.count)
      }
      isDate = kind == .date && length == 8 && characters.allSatisfy { (48...57).contains($0) }
    }
  }
}
