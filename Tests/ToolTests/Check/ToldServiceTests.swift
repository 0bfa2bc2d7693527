import Foundation
import Testing

@testable import Tool

struct ToldServiceTests {
  @Test func `the suite's services are told nothing wrong`() async throws {
    try await withStateFolder { state in
      _ = try Authority.issueMissing(in: state)
      try Keys.makeMissing(in: state)
      try Files.write("postgresql:///ecrm", to: state.databaseURL, mode: 0o600)
      let told = try ToldService.all(state, environment: [:])
      #expect(told.map(\.service) == Service.allCases)
      for one in told { #expect(await one.faults() == []) }
      let wrong = try ToldService.all(state, environment: ["ECRM_LOG_LEVEL": "loud"])
      let faults = await wrong[0].faults()
      #expect(faults.count == 1)
      #expect(faults.first?.hasPrefix("acquisition: ECRM_LOG_LEVEL is loud, which is none of ") == true)
    }
  }

  @Test func `settings are shown with where they came from, and secrets are not`() async throws {
    try await withStateFolder { state in
      let file = state.path + "/settings.json"
      let secret = state.path + "/url"
      try Files.write(#"{"logLevel":"debug","databaseUrlFile":"\#(secret)"}"#, to: file, mode: 0o600)
      try Files.write("host=db password=hush\n", to: secret, mode: 0o600)
      let environment = ["ECRM_SETTINGS_FILE": file, "ECRM_PORT": "7101", "ECRM_DATABASE_PASSWORD": "hush"]
      let told = ToldService(service: nil, environment: environment)
      let lines = try await told.lines().map { $0.split(separator: /\s{2,}/).map(String.init) }
      #expect(lines.contains(["ECRM_PORT", "7101", "environment"]))
      #expect(lines.contains(["ECRM_LOG_LEVEL", "debug", "file \(file)"]))
      #expect(lines.contains(["ECRM_SERVICE_HOST", "127.0.0.1", "default"]))
      #expect(lines.contains(["ECRM_DATABASE_URL", "***", "file \(file), from \(secret)"]))
      #expect(lines.contains(["ECRM_TLS_KEY", "-", "not set"]))
      #expect(!lines.joined().contains { $0.contains("hush") })
    }
  }

  @Test func `the environment of a container is a service's, and a settings file alone the suite's`() async throws {
    let nowhere = StateFolder(path: "/nowhere")
    #expect(try ToldService.all(nowhere, environment: [:]).isEmpty)
    #expect(try ToldService.all(nowhere, environment: ["ECRM_PORT": "1"]).map(\.service) == [nil])
    #expect(try ToldService.all(nowhere, environment: ["ECRM_SETTINGS_FILE": "/x"]).map(\.service) == [nil])
    try await withStateFolder { state in
      let told = try ToldService.all(state, environment: ["ECRM_SETTINGS_FILE": "/x"])
      #expect(told.count == 5)
    }
  }

  @Test func `a service is asked for its health where it listens`() {
    #expect(Healthcheck.reachable("0.0.0.0") == "127.0.0.1")
    #expect(Healthcheck.reachable("::") == "[::1]")
    #expect(Healthcheck.reachable("10.0.0.7") == "10.0.0.7")
    #expect(Healthcheck.reachable("fd00::1") == "[fd00::1]")
  }
}
