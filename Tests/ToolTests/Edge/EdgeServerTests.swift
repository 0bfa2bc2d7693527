import Foundation
import Testing

@testable import Tool

struct EdgeServerTests {
  private func withServer(_ body: (EdgeServer, StateFolder) throws -> Void) async throws {
    try await withStateFolder { state in
      _ = try Authority.issueMissing(in: state)
      let server = try EdgeServer(state, ports: Ports(base: 19_100), environment: [:])
      try server.prepare()
      try body(server, state)
    }
  }

  @Test func `nginx takes what is written, and it may be written again`() async throws {
    try await withServer { server, state in
      #expect(server.fault() == nil)
      try server.prepare()
      #expect(server.fault() == nil)
      let link = try FileManager.default.destinationOfSymbolicLink(atPath: state.edge + "/certificate.pem")
      #expect(link == state.certificate("edge"))
    }
  }

  @Test func `files that do not fit are told, by what is wrong with them`() async throws {
    try await withServer { server, state in
      let (pem, key) = (state.certificate("edge"), state.certificateKey("edge"))
      let (oldPEM, oldKey) = (try Files.text(pem) ?? "", try Files.text(key) ?? "")
      try Files.write(try Files.text(state.certificateKey(.retention)) ?? "", to: key, mode: 0o600)
      #expect(server.fault()?.contains("key values mismatch") == true)
      try Files.write(oldKey, to: key, mode: 0o600)
      #expect(server.fault() == nil)
      try Files.write(String(oldPEM.prefix(100)), to: pem, mode: 0o644)
      #expect(server.fault()?.contains("certificate.pem") == true)
      let (authority, _) = try Authority.obtain(state)
      try authority.issue(to: "edge", in: state, now: Date() - 400 * 86_400)
      #expect(server.fault() == "\(pem) has expired.")
    }
  }

  @Test func `the console is found above the program, and what is not at hand is left out`() throws {
    let found = Dictionary(uniqueKeysWithValues: ConsoleFiles.find().map { ($0.name, $0.file) })
    #expect(found["console"]??.hasSuffix("/Services/Console") == true)
    #expect(found["ecrm.js"]??.hasSuffix("/Clients/TypeScript/ecrm.js") == true)
    let elsewhere = ConsoleFiles.find(program: "/usr/bin/env")
    #expect(elsewhere.map(\.name) == ["console", "ecrm.js", "chart.js"])
  }

  @Test(.enabled(if: geteuid() == 0, "only root works on requests as somebody else"))
  func `what the worker cannot read where it lies is copied for it`() async throws {
    try await withServer { server, state in
      let closed = state.path + "/closed"
      try Files.makeFolder(closed, mode: 0o700)
      try Files.makeFolder(closed + "/console", mode: 0o700)
      try Files.write("<p>", to: closed + "/console/index.html", mode: 0o600)
      let place = state.edge + "/copied"
      try EdgeServer.place(closed + "/console", as: place, for: EdgeServer.worker())
      #expect(try Files.text(place + "/index.html") == "<p>")
      #expect(Files.mode(place + "/index.html") == 0o644 && Files.mode(place) == 0o755)
      // Made anew, and linked to where that is enough.
      try EdgeServer.place(closed + "/console", as: place, for: EdgeServer.worker())
      try EdgeServer.place(closed + "/console", as: place, for: nil)
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: place) == closed + "/console")
    }
  }
}

struct EdgeSettingsTests {
  private let environment = [
    "ECRM_EDGE_HOST": "0.0.0.0", "ECRM_EDGE_PORT": "7443", "ECRM_TLS_CERTIFICATE": "/c", "ECRM_TLS_KEY": "/k",
    "ECRM_TLS_AUTHORITY": "/a", "ECRM_TRUSTED_PROXIES": "10.0.0.0/8, 192.0.2.1",
    "ECRM_ACQUISITION_ADDRESS": "localhost:1", "ECRM_RETENTION_ADDRESS": "nowhere.invalid:2",
    "ECRM_EXPANSION_ADDRESS": "127.0.0.1:3", "ECRM_CHANNEL_INTEGRATION_ADDRESS": "127.0.0.1:4",
    "ECRM_PERFORMANCE_MEASUREMENT_ADDRESS": "127.0.0.1:5",
  ]

  @Test func `names become addresses, and a service that is nowhere keeps the edge from nothing`() async throws {
    let settings = try await EdgeSettings(environment: environment)
    let configuration = settings.server(folder: "/tmp/none").configuration()
    #expect(configuration.address == "0.0.0.0:7443")
    #expect(configuration.trustedProxies == ["10.0.0.0/8", "192.0.2.1"])
    #expect(configuration.upstreams.map(\.addresses).prefix(3) == [["127.0.0.1:1"], [], ["127.0.0.1:3"]])
    #expect(configuration.text.contains("upstream retention {\n    server 127.0.0.1:1;\n"))
  }

  @Test(
    arguments: [
      ("ECRM_EDGE_PORT", "0"), ("ECRM_TRUSTED_PROXIES", "10.0.0.0/8; root /"), ("ECRM_TLS_RELOAD_SECONDS", "never"),
      ("ECRM_RETENTION_ADDRESS", "retention"), ("ECRM_RETENTION_ADDRESS", "a;b:1"), ("ECRM_TLS_AUTHORITY", ""),
    ])
  func `a setting that is wrong is refused by its name`(name: String, value: String) async throws {
    let error = await #expect(throws: (any Error).self) {
      _ = try await EdgeSettings(environment: environment.merging([name: value]) { $1 })
    }
    #expect(error.map { "\($0)" }?.contains(name) == true)
  }
}
