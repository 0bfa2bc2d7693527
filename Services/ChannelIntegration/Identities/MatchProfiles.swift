import CustomerBase
import Models
import Server

/// Compares the records of sources by what `identities.train` has learnt, and keeps the pairs that may be one person.
///
/// The pairs are in `identities.candidates` when the job has succeeded, in the place of what was found before. Pairs above
/// the model's `linkAbove` are linked, unless they would join two groups that little else joins: those are kept apart, and
/// say so.
struct MatchProfiles: Method {
  static let name = "identities.match"
  static let access = Access.write(.identities)
  static let failures: [Failure] = [.notFound]

  /// As in `identities.train`; where these have no model of their own, that of all sources is used.
  var sources: [SourceName]?
  /// Pairs less likely than this are not kept; 0.5 when absent.
  var minimumProbability: Probability?

  static func example(in _: ExampleData) -> MatchProfiles { MatchProfiles(minimumProbability: .even) }

  func run(_ call: Call) async throws -> JobReference {
    let scope = MatchScope(sources)
    guard try await CustomerBase.matchModel(for: scope, call.database) != nil else {
      throw Failure.notFound.about("model: none is trained for these sources, see identities.train")
    }
    return try call.start(
      MatchProfilesWork(scope: scope, minimumProbability: (minimumProbability ?? .even).value))
  }
}
