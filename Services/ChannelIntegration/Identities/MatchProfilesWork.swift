import CustomerBase
import Matching
import Models
import Postgres
import Server

/// The work of `identities.match`.
struct MatchProfilesWork: Work {
  static let name = "identities.match"
  /// Pairs that are written in one transaction.
  private static let written = 5000
  /// Links that are made in one transaction.
  private static let linked = 200

  var scope: MatchScope
  var minimumProbability: Double

  func run(_ job: JobRun) async throws -> JobResult<MatchReport> {
    guard let stored = try await CustomerBase.matchModel(for: scope, job.pool.shared) else {
      throw Failure.notFound.about("model: none is trained for these sources, see identities.train")
    }
    let compared = try await ComparedRecords(scope, job)
    try await job.report(0.5)
    let people = compared.people
    let different = try await job.snapshot { try await CustomerBase.differentPairs(of: people.profiles, $0) }
    // Those who came while the model was being learnt have no keys yet: nothing followed them.
    async let kept: Void = compared.keepKeys(job)
    let found = Found(compared, by: stored.model, minimumProbability: minimumProbability, different: different)
    try await kept
    try await job.report(0.7)
    let run = job.job.job
    var written = 0
    for start in stride(from: 0, to: found.matches.count, by: Self.written) {
      let part = found.matches[start..<min(start + Self.written, found.matches.count)]
      try await job.write { try await $0.writeMatches(Array(part), scope: scope, run: run) }
      written += part.count
      try await job.report(0.7 + 0.2 * Double(written) / Double(found.matches.count))
    }
    let links = try await link(found, above: stored.linkAbove, job)
    let report = MatchReport(
      records: people.profiles.count, compared: compared.pairs.count, candidates: found.matches.count,
      groups: found.groups, keptApart: found.matches.count { $0.isWeak }, linked: links)
    return JobResult(report) { base in
      try await base.forgetMatches(in: scope, before: run)
      base.append([try JournalEntry(subject: nil, type: "matching.matched", payload: report)])
    }
  }

  /// Links what is likely enough, a few at a time: as many as hold the groups together.
  private func link(_ found: Found, above: Double?, _ job: JobRun) async throws -> Int {
    guard let above else { return 0 }
    let chosen = found.joins.filter { $0.score.probability > above }
    var links = 0
    for start in stride(from: 0, to: chosen.count, by: Self.linked) {
      let part = Array(chosen[start..<min(start + Self.linked, chosen.count)])
      links += try await job.writeAgain { try await $0.linkMatches(part) }
    }
    return links
  }
}

extension JobRun {
  /// Writes as `write` does, and once more where others were in the way.
  func writeAgain<T: Sendable>(_ body: (CustomerBase) async throws -> T) async throws -> T {
    for _ in 0..<5 {
      do {
        return try await write(body)
      } catch is RerunCall {
        continue
      } catch let error as PostgresError where error.isSerialisationFailure {
        try await Task.sleep(for: .milliseconds(Int.random(in: 1...50)))
      }
    }
    return try await write(body)
  }
}

/// What comparing found.
private struct Found {
  /// Pairs that are likely enough to be kept.
  var matches: [FoundMatch] = []
  /// Those of them that hold the groups together.
  var joins: [FoundMatch] = []
  /// Groups of more than one record.
  var groups = 0

  init(
    _ compared: ComparedRecords, by model: MatchModel, minimumProbability: Double,
    different: [(a: ID<Profile>, b: ID<Profile>)]
  ) {
    let people = compared.people
    let terms = MatchTerms(compared.space, compared.pairs, judgedBy: model)
    let scoring = MatchScoring(model, terms, compared.space.records)
    var likely: [(pair: MatchPair, weight: Double)] = []
    let weights = compared.pairs.concurrentMap { scoring.weight(Int($0.a), Int($0.b)) }
    for (pair, weight) in zip(compared.pairs, weights) where probability(ofWeight: weight) >= minimumProbability {
      likely.append((pair, weight))
    }
    let places = Dictionary(uniqueKeysWithValues: zip(people.profiles, people.profiles.indices))
    let apart = Set(
      different.compactMap { pair in
        places[pair.a].flatMap { a in places[pair.b].map { MatchPair(a, $0) } }
      })
    let clusters = MatchClusters(
      likely.filter { $0.weight >= 0 }, records: people.profiles.count, joined: people.joined, different: apart
    ) { scoring.weight(Int($0.a), Int($0.b)) }
    let weak = Set(clusters.apart.filter { !clusters.areOne($0) })
    func match(_ pair: MatchPair) -> FoundMatch {
      FoundMatch(
        people.profiles[Int(pair.a)], people.profiles[Int(pair.b)], score: scoring.score(Int(pair.a), Int(pair.b)),
        isWeak: weak.contains(pair))
    }
    matches = likely.map { match($0.pair) }
    joins = clusters.joins.map(match)
    groups = clusters.clusters.count
  }
}

/// What matching found.
struct MatchReport: Codable, Sendable {
  /// Records that tell anything to compare.
  var records: Int
  /// Pairs that were compared because they have something in common.
  var compared: Int
  /// Pairs that are kept.
  var candidates: Int
  /// Groups of records that are one person each, by the pairs that are likelier than not.
  var groups: Int
  /// Pairs that would have joined two groups that little else joins.
  var keptApart: Int
  /// Links that were made.
  var linked: Int
}
