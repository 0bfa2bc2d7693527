import Foundation
import Testing

@testable import Tool

struct SecretsCommandTests {
  /// Runs `ecrm secrets` for a folder of its own and this process's user.
  private func withSecrets(_ body: (StateFolder) async throws -> Void) async throws {
    let path = FileManager.default.temporaryDirectory.path + "/ecrm-secrets-" + Secrets.random(bytes: 6)
    defer { try? FileManager.default.removeItem(atPath: path) }
    try await SecretsCommand.parse([path, "--user", "\(geteuid())"]).run()
    try await body(StateFolder(path: path))
  }

  @Test func `each service has a folder of its own with its certificate and key`() async throws {
    try await withSecrets { state in
      for service in Service.allCases {
        #expect(state.certificate(service) == "\(state.path)/tls/\(service.rawValue)/certificate.pem")
        #expect(Files.mode(state.certificateKey(service)) == 0o600)
        let password = try Files.text(state.password(service.role))
        #expect(password?.count == 48)
      }
      let issued = try Authority.issueMissing(in: state)
      let renewed = try Authority.issueMissing(in: state, renewAll: true)
      #expect(issued == [] && renewed == StateFolder.servers)
    }
  }

  @Test func `nothing is overwritten`() async throws {
    try await withSecrets { state in
      let password = try Files.text(state.password(Cluster.owner))
      let again = try SecretsCommand.parse([state.path])
      let refused = await #expect(throws: Fault.self) { try await again.run() }
      #expect(refused?.description.contains("holds ca.key already") == true)
      let after = try Files.text(state.password(Cluster.owner))
      #expect(after == password)
    }
  }

  @Test(.enabled(if: geteuid() == 0, "only root can give files away"))
  func `what services read is given to their user, also when it is replaced`() async throws {
    let path = FileManager.default.temporaryDirectory.path + "/ecrm-secrets-" + Secrets.random(bytes: 6)
    defer { try? FileManager.default.removeItem(atPath: path) }
    try await SecretsCommand.parse([path]).run()
    let state = StateFolder(path: path)
    _ = try Authority.issueMissing(in: state, renewAll: true)
    let given =
      [state.tokenKeys, state.password(Cluster.owner), state.auditKey] + StateFolder.servers.map(state.certificateKey)
    for path in given { #expect(Files.owner(path) == 10_001, "\(path)") }
    for path in [state.authorityKey, state.signingKey, state.staffToken] { #expect(Files.owner(path) == 0, "\(path)") }
  }
}
