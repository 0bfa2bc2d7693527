/// Waits until the condition holds; throws when it has not for as long as that.
func eventually(within limit: Duration = .seconds(30), _ condition: () async throws -> Bool) async throws {
  let deadline = ContinuousClock.now + limit
  while try await !condition() {
    guard ContinuousClock.now < deadline else { throw WaitedInVain() }
    try await Task.sleep(for: .milliseconds(20))
  }
}

struct WaitedInVain: Error {}
