import CustomerBase
import Datasets
import Models
import Testing
import TestSupport

@testable import ChannelIntegration
@testable import Server

/// People of a list, with the truth of who is one person.
struct MatchPopulation: Sendable {
  struct Person: Sendable {
    var externalId: String
    var traits: [String: String]
    /// The number that records of one person share.
    var entity: Int
  }

  var people: [Person]

  /// Two hundred people of whom each fourth is in the list a second time, misspelt.
  static let small: MatchPopulation = {
    let given = [
      "ada", "grace", "edith", "hedy", "katherine", "dorothy", "mary", "joan", "radia", "barbara", "frances",
    ]
    let family = ["lovelace", "hopper", "clarke", "lamarr", "johnson", "vaughan", "jackson", "perlman", "liskov"]
    let towns = ["winston hills", "richlands", "dapto", "windermere", "north ryde", "broadbeach", "canterbury"]
    var people: [Person] = []
    for number in 0..<200 {
      let year = 1920 + number * 7 % 80
      let traits = [
        "givenName": given[number % given.count],
        "familyName": "\(family[number % family.count])\(suffix(number / 9))",
        "dateOfBirth": "\(year)-\(two(1 + number % 12))-\(two(1 + number * 5 % 28))", "locality": towns[number % 7],
        "street": "\(towns[number * 3 % 7]) road",
      ]
      people.append(Person(externalId: "\(number)", traits: traits, entity: number))
      guard number % 4 == 0 else { continue }
      var again = traits
      again["familyName"]?.append("e")
      if number % 8 == 0 { again["locality"] = nil }
      people.append(Person(externalId: "\(number)-again", traits: again, entity: number))
    }
    return MatchPopulation(people: people)
  }()

  /// A list of Febrl without numbers of social security.
  static func febrl(_ list: String) throws -> MatchPopulation {
    let found = try FEBRL.people(path: "\(DatasetFolders.fetched)/febrl/\(list).csv")
    return MatchPopulation(
      people: found.map { person in
        let traits = [
          "givenName": person.givenName, "familyName": person.surname, "streetNumber": person.streetNumber,
          "street": person.addressLine1, "locality": person.suburb, "postalCode": person.postcode,
          "region": person.state, "dateOfBirth": person.dateOfBirth,
        ]
        return Person(externalId: person.record, traits: traits.compactMapValues(\.self), entity: person.entity ?? -1)
      })
  }

  private static func suffix(_ number: Int) -> String { ["", "son", "man", "field", "ton"][number % 5] }
  private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

extension TestService {
  /// Imports people into a source.
  func fill(_ source: SourceName, with population: MatchPopulation) async throws {
    for start in stride(from: 0, to: population.people.count, by: 1000) {
      let part = population.people[start..<min(start + 1000, population.people.count)]
      let rows = try part.map { person in
        ImportedProfile(
          externalId: try #require(ExternalID(person.externalId)),
          traits: person.traits.mapValues { RawJSON(wellFormed: "\"\($0)\"") })
      }
      let report = try await call(ImportProfiles(source: source, rows: Rows(rows)))
      #expect(report.rejected.isEmpty)
    }
  }

  /// Every candidate.
  func candidates(_ filter: ListMatchCandidates = ListMatchCandidates()) async throws -> [MatchCandidate] {
    try await everyPage { cursor in
      var page = filter
      page.limit = Limit(200)
      page.cursor = cursor
      return try await call(page)
    }
  }

  /// Trains and matches.
  @discardableResult
  func trainAndMatch(_ sources: [SourceName]? = nil, linkAbove: Double? = nil) async throws -> MatchReport {
    let trained = try await finished(TrainMatching(sources: sources, linkAbove: linkAbove.flatMap { Probability($0) }))
    #expect(trained.state == .succeeded)
    let matched = try await finished(MatchProfiles(sources: sources))
    #expect(matched.state == .succeeded)
    return try matched.result(as: MatchReport.self)
  }
}
