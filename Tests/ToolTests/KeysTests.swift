import Foundation
import Testing

@testable import Tool

struct KeysTests {
  private let noSettings: OperatorSettings

  init() async throws {
    noSettings = try await OperatorSettings(environment: [:])
  }

  @Test func `keys are made once, each in a file of its id that its owner alone reads`() async throws {
    try await withStateFolder { state in
      try Keys.makeMissing(in: state)
      let made = try Keys.all(in: state, noSettings)
      #expect(made.map(\.purpose) == [.audit, .erasure])
      #expect(made.allSatisfy { $0.isCurrent && $0.secret.count == 64 })
      for key in made { #expect(Files.mode("\(state.keys)/\(key.id)") == 0o600) }
      #expect(try Files.text(state.auditKey) == made[0].secret)
      try Keys.makeMissing(in: state)
      #expect(try Keys.all(in: state, noSettings) == made)
    }
  }

  @Test func `keys of another suite are kept beside, and are in use where there were none`() async throws {
    try await withStateFolder { state in
      let foreign = Key(purpose: .audit, secret: "foreign", isCurrent: true)
      try Keys.add([foreign], in: state)
      #expect(try Keys.all(in: state, noSettings) == [foreign])
      try Keys.makeMissing(in: state)
      let other = Key(purpose: .audit, secret: "other", isCurrent: true)
      try Keys.add([other, foreign], in: state)
      let keys = try Keys.all(in: state, noSettings).filter { $0.purpose == .audit }
      #expect(keys.map(\.secret) == ["foreign", "other"])
      #expect(keys.map(\.isCurrent) == [true, false])
    }
  }

  @Test func `a key of an earlier version takes the name of its id`() async throws {
    try await withStateFolder { state in
      try Files.write("old\n", to: "\(state.keys)/erasure-1", mode: 0o600)
      try Keys.makeMissing(in: state)
      let key = try #require(try Keys.all(in: state, noSettings).last)
      #expect(key.secret == "old" && key.isCurrent)
      #expect(!FileManager.default.fileExists(atPath: "\(state.keys)/erasure-1"))
    }
  }

  @Test func `a key by setting is the one in use`() async throws {
    try await withStateFolder { state in
      try Keys.makeMissing(in: state)
      let keys = try Keys.all(in: state, await OperatorSettings(environment: ["ECRM_ERASURE_KEY": "given"]))
      #expect(keys.filter(\.isCurrent).map(\.secret).contains("given"))
      #expect(keys.count == 3)
    }
  }

  @Test func `an id follows from purpose and key`() {
    let audit = Key(purpose: .audit, secret: "one", isCurrent: true)
    let erasure = Key(purpose: .erasure, secret: "one", isCurrent: true)
    #expect(audit.id.hasPrefix("audit-") && audit.id.count == "audit-".count + 16)
    #expect(audit.id.dropFirst(6) != erasure.id.dropFirst(8))
  }
}
