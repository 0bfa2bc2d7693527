import ArgumentParser
import Foundation

struct Down: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Ends the suite and keeps its data.", discussion: "It returns when every process of the suite is gone.")

  func run() async throws {
    let state = StateFolder()
    guard FileManager.default.fileExists(atPath: state.path) else {
      Terminal.say("There is no suite in \(state.path).")
      return
    }
    // Services have 30 seconds to end and PostgreSQL 60; only a supervisor that hangs takes longer.
    try await ProcessIdentity.recorded(in: state.supervisorRecord)?.end(afterSeconds: 120)
    // With the lock, nobody brings the suite up while what a killed supervisor left is ended.
    guard let lock = try SupervisorLock.take(state) else {
      throw Fault("The suite in \(state.path) is just being brought up: wait for that, and end it then.")
    }
    try await Leftovers.end(state)
    _ = consume lock
    Terminal.say("The suite in \(state.path) is down. Its data stay.")
  }
}
