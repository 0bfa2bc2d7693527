import Models

/// The traits that rows tell, as columns, in the order of their names.
struct ToldTraits {
  private(set) var profiles: [ID<Profile>] = []
  private(set) var names: [String] = []
  private(set) var values: [RawJSON] = []

  init(_ rows: [ProfileRow], _ known: [KnownProfile], skippingNull: Bool = false) {
    for (row, known) in zip(rows, known) {
      for (name, value) in row.traits.sorted(by: { $0.key < $1.key }) where !(skippingNull && value.isNull) {
        profiles.append(known.profile)
        names.append(name)
        values.append(value)
      }
    }
  }
}

/// The values that rows bring, as columns, each once per row.
struct CarriedValues {
  private(set) var profiles: [ID<Profile>] = []
  private(set) var kinds: [String] = []
  private(set) var values: [String] = []
  private(set) var verified: [Bool] = []
  /// Whether the value speaks for a link with others who carry it.
  private(set) var joins: [Bool] = []

  init(_ rows: [ProfileRow], _ known: [KnownProfile]) {
    for (row, known) in zip(rows, known) {
      append(row.identifiers, of: known.profile)
    }
  }

  /// In the order in which values are locked.
  func sorted() -> CarriedValues {
    let order = profiles.indices.sorted {
      ValueKey(kind: kinds[$0], value: values[$0]) < ValueKey(kind: kinds[$1], value: values[$1])
    }
    var sorted = self
    sorted.profiles = order.map { profiles[$0] }
    sorted.kinds = order.map { kinds[$0] }
    sorted.values = order.map { values[$0] }
    sorted.verified = order.map { verified[$0] }
    sorted.joins = order.map { joins[$0] }
    return sorted
  }

  private mutating func append(_ identifiers: [Identifier], of profile: ID<Profile>) {
    var positions: [ValueKey: Int] = [:]
    for identifier in identifiers {
      let key = ValueKey(kind: identifier.kind.rawValue, value: identifier.value)
      if let position = positions[key] {
        verified[position] = verified[position] || identifier.verified == true
        joins[position] = joins[position] || identifier.speaksForLinks
      } else {
        positions[key] = profiles.count
        profiles.append(profile)
        kinds.append(key.kind)
        values.append(key.value)
        verified.append(identifier.verified == true)
        joins.append(identifier.speaksForLinks)
      }
    }
  }
}
