import Testing

@testable import Postgres

/// The state machine without a socket; tickets are numbers.
struct PipelineTests {
  private let first = Statement("SELECT 1").key
  private let second = Statement("SELECT 2").key
  private let failure = PostgresError(.server, "no such table", sqlState: "42P01")

  private func key(_ text: String) -> Statement.Key { Statement(SQL(script: text)).key }

  private func name(_ route: Pipeline<Int>.Route) -> String {
    switch route {
    case .unnamed: "unnamed"
    case .preparing(let statement): "preparing \(statement.name)"
    case .prepared(let statement): statement.name
    }
  }

  private func text(_ delivery: Pipeline<Int>.Delivery?) -> String {
    switch delivery {
    case .success(let ticket, _): "\(ticket) succeeded"
    case .failure(let ticket, let error): "\(ticket) failed: \(error.message)"
    case .skipped(let ticket, let error): "\(ticket) skipped: \(error.message)"
    case nil: ""
    }
  }

  /// Feeds the events and returns what they deliver.
  private func play(_ events: [Pipeline<Int>.Event], _ pipeline: inout Pipeline<Int>) -> [String] {
    events.map { text(pipeline.received($0)) }.filter { !$0.isEmpty }
  }

  @Test func `a statement is prepared once and unnamed until that is confirmed`() {
    var pipeline = Pipeline<Int>()
    #expect(name(pipeline.submit(first, ticket: 1).route) == "preparing s1")
    pipeline.closeGroup()
    #expect(name(pipeline.submit(first, ticket: 2).route) == "unnamed")
    pipeline.closeGroup()
    let delivered = play([.success, .end, .success, .end, .sync, .success, .end, .sync], &pipeline)
    #expect(delivered == ["1 succeeded", "2 succeeded"])
    #expect(pipeline.isEmpty)
    #expect(name(pipeline.submit(first, ticket: 3).route) == "s1")
    let other = Statement.Key(tokens: first.tokens, types: [20])
    #expect(name(pipeline.submit(other, ticket: 4).route) == "preparing s2")
  }

  @Test func `a failed preparation is its statement's failure and is forgotten`() {
    var pipeline = Pipeline<Int>()
    _ = pipeline.submit(first, ticket: 1)
    pipeline.closeGroup()
    _ = pipeline.submit(second, ticket: 2)
    pipeline.closeGroup()
    let delivered = play(
      [.failure(failure), .end, .aborted, .end, .sync, .success, .end, .success, .end, .sync], &pipeline)
    #expect(delivered == ["1 failed: no such table", "2 succeeded"])
    #expect(pipeline.preparedCount == 1)
    #expect(name(pipeline.submit(first, ticket: 3).route) == "preparing s3")
  }

  @Test func `a failure skips the rest of its group and no other`() {
    var pipeline = Pipeline<Int>()
    for ticket in 1...2 { _ = pipeline.submit(key("\(ticket)"), ticket: ticket) }
    pipeline.closeGroup()
    _ = pipeline.submit(first, ticket: 3)
    pipeline.closeGroup()
    let delivered = play(
      [
        .success, .end, .failure(failure), .end, .aborted, .end, .aborted, .end, .sync, .success, .end, .success, .end,
        .sync,
      ], &pipeline)
    #expect(delivered == ["1 failed: no such table", "2 skipped: no such table", "3 succeeded"])
  }

  @Test func `the least recently used statement makes room`() {
    var pipeline = Pipeline<Int>(capacity: 2)
    for (ticket, key) in [first, second].enumerated() {
      _ = pipeline.submit(key, ticket: ticket)
      pipeline.closeGroup()
      _ = play([.success, .end, .success, .end, .sync], &pipeline)
    }
    _ = pipeline.submit(first, ticket: 3)
    pipeline.closeGroup()
    let third = pipeline.submit(key("3"), ticket: 4)
    #expect(third.forgotten == "s2")
    #expect(name(third.route) == "preparing s3")
    let fourth = pipeline.submit(key("4"), ticket: 5)
    #expect(fourth.forgotten == "s1")
    pipeline.closeGroup()
    let fifth = pipeline.submit(key("5"), ticket: 6)
    #expect(fifth.forgotten == nil)
    #expect(name(fifth.route) == "unnamed")
    #expect(pipeline.preparedCount == 2)
  }

  @Test func `a lost connection gives back what has no answer`() {
    var pipeline = Pipeline<Int>()
    for ticket in 1...3 {
      _ = pipeline.submit(first, ticket: ticket)
      pipeline.closeGroup()
    }
    #expect(play([.success, .end, .success], &pipeline) == ["1 succeeded"])
    #expect(pipeline.abandon() == [2, 3])
    #expect(pipeline.isEmpty)
    #expect(pipeline.waiting == 0)
  }

  @Test func `a stale plan is prepared anew`() {
    var pipeline = Pipeline<Int>()
    _ = pipeline.submit(first, ticket: 1)
    pipeline.closeGroup()
    _ = play([.success, .end, .success, .end, .sync], &pipeline)
    _ = pipeline.submit(first, ticket: 2)
    pipeline.closeGroup()
    var stale = PostgresError(.server, "cached plan must not change result type", sqlState: "0A000")
    stale.isStalePlan = true
    _ = play([.failure(stale), .end, .sync], &pipeline)
    #expect(name(pipeline.submit(first, ticket: 3).route) == "preparing s2")
  }

  @Test func `the queue keeps its order while it is emptied and filled`() {
    var queue = Queue<Int>()
    var next = 0
    for number in 0..<5000 {
      queue.append(number)
      if number % 3 != 0 {
        #expect(queue.popFirst() == next)
        next += 1
      }
    }
    #expect(queue.remove { $0 == next + 1 } == next + 1)
    #expect(queue.removeAll().prefix(2) == [next, next + 2])
    #expect(queue.isEmpty)
  }
}
