import Foundation

/// What a supervisor that was killed has left running: its services work on without it, until they are ended here.
enum Leftovers {
  /// Ends them, services first; nothing happens when there are none. No supervisor may be running.
  static func end(_ state: StateFolder) async throws {
    try await endServices(state)
    try await Cluster.endServer(state.cluster)
    for name in Service.allCases.map(\.rawValue) + ["postgres"] { unlink(state.record(name)) }
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
