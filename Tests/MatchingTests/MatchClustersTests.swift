import Matching
import Testing

struct MatchClustersTests {
  private struct Graph {
    var weights: [MatchPair: Double]

    init(_ weights: [(Int, Int, Double)]) {
      self.weights = Dictionary(uniqueKeysWithValues: weights.map { (MatchPair($0.0, $0.1), $0.2) })
    }

    func clusters(_ records: Int, joined: [[Int]] = [], different: Set<MatchPair> = []) -> MatchClusters {
      MatchClusters(
        weights.filter { $0.value >= 0 }.map { (pair: $0.key, weight: $0.value) }, records: records, joined: joined,
        different: different
      ) { weights[$0] ?? -10 }
    }
  }

  @Test func `what agrees throughout is one`() {
    let clusters = Graph([(0, 1, 9), (1, 2, 8), (0, 2, 7)]).clusters(4)
    #expect(clusters.clusters == [[0, 1, 2]])
    #expect(clusters.joins == [MatchPair(0, 1), MatchPair(1, 2)])
    #expect(clusters.apart == [])
  }

  @Test func `two groups that one weak chain would join are kept apart`() {
    let clusters = Graph([(0, 1, 20), (2, 3, 19), (1, 2, 3)]).clusters(4)
    #expect(clusters.clusters == [[0, 1], [2, 3]])
    #expect(clusters.apart == [MatchPair(1, 2)])
    #expect(!clusters.areOne(MatchPair(1, 2)))
  }

  @Test func `a third record that one of two agrees with belongs to both`() {
    #expect(Graph([(0, 1, 20), (1, 2, 3)]).clusters(3).clusters == [[0, 1, 2]])
  }

  @Test func `a chain of many does not grow by its last link`() {
    let clusters = Graph([(0, 1, 20), (0, 2, 19), (1, 2, 18), (2, 3, 2)]).clusters(4)
    #expect(clusters.clusters == [[0, 1, 2]])
    #expect(clusters.apart == [MatchPair(2, 3)])
  }

  @Test func `what is one customer already stays one, and what was decided to be two stays two`() {
    let graph = Graph([(0, 1, 20), (1, 2, 19)])
    #expect(graph.clusters(4, joined: [[0, 3]], different: [MatchPair(1, 2)]).clusters == [[0, 1, 3]])
    #expect(graph.clusters(3, different: [MatchPair(0, 2)]).clusters == [[0, 1]])
  }

  @Test func `a pair that others join after all is not said to be apart`() {
    let clusters = Graph([(0, 1, 20), (2, 3, 19), (1, 2, 18), (0, 2, 17), (0, 3, 16)]).clusters(4)
    #expect(clusters.clusters == [[0, 1, 2, 3]])
  }
}
