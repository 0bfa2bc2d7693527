import Testing

@testable import Server

@Suite struct DeadlinesTests {
  private let deadlines = Deadlines()

  private func sleepLong() async throws {
    try await Task.sleep(for: .seconds(3600))
  }

  @Test func `what ends in time has its answer`() async throws {
    let answer = try await deadlines.run(within: .seconds(3600), for: Presence()) { 42 }
    #expect(answer == 42)
  }

  @Test func `what is late is ended and says so`() async {
    await #expect(throws: RefusedCall.self) {
      try await deadlines.run(within: .milliseconds(20), for: Presence()) { try await sleepLong() }
    }
  }

  @Test func `the answer of what ends well in spite of its deadline is taken`() async throws {
    let answer = try await deadlines.run(within: .milliseconds(1), for: Presence()) {
      while !Task.isCancelled { try? await Task.sleep(for: .milliseconds(5)) }
      return "committed"
    }
    #expect(answer == "committed")
  }

  @Test func `work for somebody who has left is cancelled, and is not late`() async {
    let presence = Presence()
    presence.leave()
    await #expect(throws: CancellationError.self) {
      try await deadlines.run(within: .seconds(3600), for: presence) { try await sleepLong() }
    }
  }

  @Test func `what is cancelled above is cancelled below`() async {
    let task = Task { try await deadlines.run(within: .seconds(3600), for: Presence()) { try await sleepLong() } }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
  }

  @Test func `a watch that has ended begins again`() async throws {
    for _ in 0..<3 {
      await #expect(throws: RefusedCall.self) {
        try await deadlines.run(within: .milliseconds(1), for: Presence()) { try await sleepLong() }
      }
      try await Task.sleep(for: .milliseconds(120))
    }
  }
}
