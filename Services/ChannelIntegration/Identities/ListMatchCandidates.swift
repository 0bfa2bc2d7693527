import CustomerBase
import Models
import Server

/// Lists pairs of profiles that may be one person, likeliest first, with what speaks for it and what against.
struct ListMatchCandidates: Method {
  static let name = "identities.candidates"
  static let access = Access.snapshot(.identities)
  static let failures: [Failure] = [.notFound]

  /// Only pairs with a profile of this customer, by any of its profiles.
  var customer: ID<Customer>?
  /// Only pairs within these sources; between them when two are named.
  var sources: [SourceName]?
  /// Only pairs that are this likely.
  var minimumProbability: Probability?
  /// Only pairs in this state.
  var state: MatchState?
  /// Pairs on a page.
  var limit: Limit?
  /// Where the last page ended.
  var cursor: String?

  static func example(in data: ExampleData) -> ListMatchCandidates { ListMatchCandidates(customer: data.ada) }

  func run(_ call: Call) async throws -> Page<MatchCandidate> {
    let limit = (limit ?? .standard).count
    var filter = MatchFilter(
      customer: customer, scope: MatchScope(sources), minimumProbability: minimumProbability?.value, state: state)
    let after = try Cursor<MatchPosition>.position(cursor, of: filter)
    let list = filter
    if let customer { filter.customer = try await call.customerBase.customer(of: customer) }
    let candidates = try await call.customerBase.matchCandidates(filter, after: after, limit: limit + 1)
    return try Page(candidates, limit: limit, filter: list, position: \.position, item: { $0 })
  }
}
