/// Waits until the condition holds; throws when it has not for as long as that.
func eventually(
  _ what: String, within limit: Duration = .seconds(90), _ condition: () async throws -> Bool
) async throws {
  let deadline = ContinuousClock.now + limit
  while try await !condition() {
    guard ContinuousClock.now < deadline else { throw EndToEndFault("waited in vain until \(what)") }
    try await Task.sleep(for: .milliseconds(50))
  }
}
