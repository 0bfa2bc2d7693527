import Foundation

@testable import Tool

/// Runs the body with a state folder of its own, prepared, and removes it afterwards.
func withStateFolder<Answer>(_ body: (StateFolder) async throws -> Answer) async throws -> Answer {
  let path = FileManager.default.temporaryDirectory.path + "/ecrm-test-" + Secrets.random(bytes: 6)
  let state = StateFolder(path: path)
  try state.prepare()
  defer { try? FileManager.default.removeItem(atPath: path) }
  return try await body(state)
}
