import Foundation

/// What a supervisor that was killed has left running: its services work on without it, until they are ended here.
enum Leftovers {
  /// Ends them, services first; nothing happens when there are none. No supervisor may be running.
  static func end(_ state: StateFolder) async throws {
    try await endEdge(state)
    try await endServices(state)
    try await Cluster.endServer(state.cluster)
    for name in StateFolder.servers + ["postgres"] { unlink(state.record(name)) }
  }

  /// Ends the edge, and the workers that it may have left.
  private static func endEdge(_ state: StateFolder) async throws {
    let record = state.record(StateFolder.edgeName)
    guard let text = try Files.text(record), let process = ProcessIdentity(text: text) else { return }
    try await process.end(afterSeconds: 5)
    await EdgeServer.endWorkers(ofMaster: process.pid)
  }

  /// Ends every service that runs, whoever has started it.
  static func endServices(_ state: StateFolder) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for service in Service.allCases {
        guard let process = ProcessIdentity.recorded(in: state.record(service.rawValue)) else { continue }
        group.addTask { try await process.end(afterSeconds: 30) }
      }
      try await group.waitForAll()
    }
  }
}
