import CustomerBase
import FoundationEssentials
import Matching
import Models
import Postgres
import Server

/// The work of `identities.train`.
struct TrainMatchingWork: Work {
  static let name = "identities.train"

  var scope: MatchScope
  var linkAbove: Double?

  func run(_ job: JobRun) async throws -> JobResult<MatchTrainingReport> {
    let compared = try await ComparedRecords(scope, job)
    // The database is at work on the one while the other is learnt here.
    async let kept: Void = compared.keepKeys(job)
    let learning = MatchLearning(compared.space, candidates: compared.pairs)
    try await kept
    let stored = StoredMatchModel(
      scope: scope, model: learning.model, partners: learning.terms.fields.mapValues(\.partners), linkAbove: linkAbove)
    let report = MatchTrainingReport(
      scope, learning.model, records: compared.people.profiles.count, pairs: compared.pairs.count,
      possible: compared.space.pairs, iterations: learning.iterations)
    return JobResult(report) { base in
      // Who has arrived since the records were read was compared by the model before, or by none.
      try await base.rewind(MatchFollower.name, to: compared.known)
      try await base.storeMatchModel(stored, terms: learning.terms)
      base.append([try JournalEntry(subject: nil, type: "matching.trained", payload: report)])
    }
  }
}

/// What training found.
struct MatchTrainingReport: Codable, Sendable {
  /// The sources; none for all.
  var sources: [SourceName]
  /// Records that tell anything to compare.
  var records: Int
  /// Pairs that were compared because they have something in common.
  var compared: Int
  /// Probability that two records taken at random are one person.
  var prior: Double
  /// How many pairs are one person, by the model.
  var expectedMatches: Double
  /// How often the estimate was made better.
  var iterations: Int
  /// What was found of each field.
  var fields: [TrainedField]

  /// What was found of a field.
  struct TrainedField: Codable, Sendable {
    /// The field.
    var field: MatchField
    /// The field that it tells of too, so that agreement on both does not count twice.
    var dependsOn: MatchField?
    /// Its levels, best first.
    var levels: [TrainedLevel]
  }

  /// What was found of a level.
  struct TrainedLevel: Codable, Sendable {
    /// The level.
    var level: MatchLevel
    /// Its probability between two records of one person.
    var m: Double
    /// Its probability between records of two people.
    var u: Double
    /// Logarithm to base 2 of m over u; of full agreement for a value of average rarity.
    var weight: Double
  }

  init(
    _ scope: MatchScope, _ model: MatchModel, records: Int, pairs: Int, possible: Double, iterations: Int
  ) {
    sources = scope.sources
    self.records = records
    compared = pairs
    prior = model.prior
    expectedMatches = model.prior * possible
    self.iterations = iterations
    fields = model.fields.map { field in
      TrainedField(
        field: field.field, dependsOn: field.parent,
        levels: field.field.levels.indices.map { level in
          TrainedLevel(
            level: field.field.levels[level], m: field.m[level], u: field.u[level], weight: field.weight(of: level))
        })
    }
  }
}
