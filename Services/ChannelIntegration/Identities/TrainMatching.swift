import CustomerBase
import Models
import Server

/// Learns from the records of sources, without labels, what tells one person from another: Fellegi and Sunter's model
/// (1969), estimated by expectation maximisation (Dempster, Laird & Rubin 1977).
///
/// Compared are the standard traits (`givenName`, `familyName` or `fullName`, `dateOfBirth`, `streetNumber`, `street`,
/// `locality`, `postalCode`, `region`, `country`, `occupation`, `birthPlace`, `gender`, `company`, `nationalId`,
/// `timeZone`, `locale`) and the addresses of kind `email` and `phone`. The job's result has the parameters by field and
/// level. From then on a new profile of these sources is compared when it arrives.
struct TrainMatching: Method {
  static let name = "identities.train"
  static let access = Access.write(.identities)

  /// Within one source, within and among several, or, when two are named, between the two alone; all when absent.
  var sources: [SourceName]?
  /// Above which probability a pair links by itself. Never when absent: pairs wait for a person's decision.
  var linkAbove: Probability?

  static func example(in _: ExampleData) -> TrainMatching { TrainMatching() }

  func run(_ call: Call) async throws -> JobReference {
    try call.start(TrainMatchingWork(scope: MatchScope(sources), linkAbove: linkAbove?.value))
  }
}
