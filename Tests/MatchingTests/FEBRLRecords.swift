import Datasets
import Matching
import TestSupport

/// Contacts of Febrl as records, with the truth to compare with; without the number of social security, which would make
/// it too easy.
struct FEBRLRecords {
  private(set) var values: [[MatchField: String]] = []
  private(set) var entities: [Int] = []
  private(set) var isSecond: [Bool] = []
  private let isBetween: Bool

  /// One list, or two to be compared with each other.
  init(_ names: String...) throws {
    isBetween = names.count == 2
    for (list, name) in names.enumerated() {
      for person in try FEBRL.people(path: "\(DatasetFolders.fetched)/febrl/\(name).csv") {
        let traits = [
          "givenName": person.givenName, "familyName": person.surname, "streetNumber": person.streetNumber,
          "street": person.addressLine1, "locality": person.suburb, "postalCode": person.postcode,
          "region": person.state, "dateOfBirth": person.dateOfBirth,
        ]
        values.append(Normalisation.values(traits: traits.compactMapValues(\.self)))
        entities.append(person.entity ?? -1)
        isSecond.append(list == 1)
      }
    }
  }

  var space: MatchSpace {
    let records = MatchRecords(values)
    return isBetween ? MatchSpace(records, isSecond: isSecond) : MatchSpace(records)
  }

  func isTrue(_ pair: MatchPair) -> Bool { entities[Int(pair.a)] == entities[Int(pair.b)] }

  /// How many pairs are one person.
  var truth: Int {
    var lists: [Int: (first: Int, second: Int)] = [:]
    for (entity, isSecond) in zip(entities, isSecond) {
      lists[entity, default: (0, 0)].first += isSecond ? 0 : 1
      lists[entity, default: (0, 0)].second += isSecond ? 1 : 0
    }
    return lists.values.reduce(0) { sum, list in
      sum + (isBetween ? list.first * list.second : list.first * (list.first - 1) / 2)
    }
  }
}
