import CustomerBase
import Matching
import Models
import Postgres
import Server

/// Compares profiles on arrival, and again when what they tell has changed, by the models of their sources.
///
/// It takes its turn like every follower: behind the calls, in portions, on its own connection, so that imports go first.
enum MatchFollower: Follower {
  static let name = "channelIntegration.matching"
  static let portion = 200
  static let condition: SQL =
    "EXISTS (SELECT FROM base.match_models) AND j.type IN ('profile.created', 'profile.updated')"
  /// Pairs less likely than this are not kept.
  private static let minimumProbability = 0.5

  static func apply(_ entries: [FollowedEntry], in base: CustomerBase) async throws {
    let arrived = Set(entries.compactMap(\.subject))
    let models = try await CustomerBase.matchModels(base.database)
    let modelled = MatchScope(anyOf: models.map(\.scope))
    let people = try await CustomerBase.matchPeople(arrived.sorted(), in: modelled, base.database)
    let places = people.profiles.indices.filter { !people.values[$0].isEmpty }
    guard !places.isEmpty else { return }
    let profiles = places.map { people.profiles[$0] }
    let keys = places.map { Blocking.keys(of: people.values[$0]) }
    try await base.writeMatchKeys(profiles, keys)
    let partners = try await CustomerBase.blockedPartners(of: profiles, keys, base.database)
    let everybody = try await CustomerBase.matchPeople(
      withCustomersOf: Set(profiles + partners.map(\.partner)).sorted(), base.database)
    for model in models { try await compare(partners, everybody, by: model, arrived: profiles, in: base) }
  }

  private static func compare(
    _ partners: [(profile: ID<Profile>, partner: ID<Profile>)], _ people: MatchPeople, by stored: StoredMatchModel,
    arrived: [ID<Profile>], in base: CustomerBase
  ) async throws {
    let places = Dictionary(uniqueKeysWithValues: zip(people.profiles, people.profiles.indices))
    let pairs = Set(
      partners.compactMap { pair -> MatchPair? in
        guard let a = places[pair.profile], let b = places[pair.partner] else { return nil }
        return stored.scope.pairs(people.sources[a], with: people.sources[b]) ? MatchPair(a, b) : nil
      }
    ).sorted()
    let terms = try await CustomerBase.matchTerms(stored, of: people.values, base.database)
    let scoring = MatchScoring(stored.model, terms, MatchRecords(people.values))
    let likely = pairs.map { (pair: $0, weight: scoring.weight(Int($0.a), Int($0.b))) }
      .filter { probability(ofWeight: $0.weight) >= minimumProbability }
    let different = try await CustomerBase.differentPairs(of: people.profiles, base.database).compactMap { decided in
      places[decided.a].flatMap { a in places[decided.b].map { MatchPair(a, $0) } }
    }
    let clusters = MatchClusters(
      likely, records: people.profiles.count, joined: people.joined, different: Set(different)
    ) { scoring.weight(Int($0.a), Int($0.b)) }
    let apart = Set(clusters.apart.filter { !clusters.areOne($0) })
    func match(_ pair: MatchPair) -> FoundMatch {
      FoundMatch(
        people.profiles[Int(pair.a)], people.profiles[Int(pair.b)], score: scoring.score(Int(pair.a), Int(pair.b)),
        isWeak: apart.contains(pair))
    }
    try await base.forgetMatches(of: arrived, in: stored.scope)
    try await base.writeMatches(likely.map { match($0.pair) }, scope: stored.scope, run: base.ids.make(Job.self))
    guard let above = stored.linkAbove else { return }
    _ = try await base.linkMatches(clusters.joins.map(match).filter { $0.score.probability > above })
  }
}
