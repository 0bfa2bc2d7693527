import Foundation
import Testing

@testable import Tool

struct StateFolderTests {
  @Test func `paths are absolute whatever ECRM_HOME says`() {
    #expect(StateFolder(path: ".ecrm", workingFolder: "/srv/shop").path == "/srv/shop/.ecrm")
    #expect(StateFolder(path: "../a/./b/", workingFolder: "/srv/shop").path == "/srv/a/b")
    #expect(StateFolder(environment: ["ECRM_HOME": "/x/y"]).path == "/x/y")
    #expect(StateFolder(environment: [:]).path.hasSuffix("/.ecrm"))
    #expect(StateFolder(environment: ["ECRM_HOME": ""]).path.hasSuffix("/.ecrm"))
  }

  @Test func `a file is replaced with the mode asked for, and nothing is left beside it`() async throws {
    try await withStateFolder { state in
      let path = state.path + "/secret"
      try Files.write("one", to: path, mode: 0o644)
      try Files.write("two\n", to: path, mode: 0o600)
      #expect(try Files.text(path) == "two")
      #expect(Files.mode(path) == 0o600)
      #expect(try !FileManager.default.contentsOfDirectory(atPath: state.path).contains { $0.hasSuffix(".new") })
    }
  }

  @Test func `a secret is made once and kept for its owner alone`() async throws {
    try await withStateFolder { state in
      let first = try Secrets.obtain(state.auditKey)
      #expect(first.count == 64)
      #expect(try Secrets.obtain(state.auditKey) == first)
      #expect(try Secrets.obtain(state.erasureKey) != first)
      #expect(Files.mode(state.auditKey) == 0o600)
    }
  }

  @Test func `the recorded ports are those of the suite, whatever the environment says later`() async throws {
    try await withStateFolder { state in
      #expect(try state.recordedPorts(environment: ["ECRM_PORT_BASE": "9100"]).base == 9100)
      try state.recordPorts(Ports(base: 8300))
      #expect(try state.recordedPorts(environment: ["ECRM_PORT_BASE": "9100"]).base == 8300)
    }
  }

  @Test func `a file in place of the folder is refused with what to do`() async throws {
    try await withStateFolder { state in
      try Files.write("", to: state.path + "/file", mode: 0o600)
      #expect(throws: Fault.self) { try StateFolder(path: state.path + "/file/below").prepare() }
    }
  }
}
