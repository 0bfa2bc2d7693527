import Crypto
import Foundation
import Testing
import X509

@testable import Tool

struct CertificatesTests {
  @Test func `everything is issued once, and nothing again while it is valid`() async throws {
    try await withStateFolder { state in
      let issued = try Authority.issueMissing(in: state)
      #expect(issued == ["authority"] + Service.allCases.map(\.rawValue))
      #expect(try Authority.issueMissing(in: state) == [])
      #expect(Files.mode(state.authorityKey) == 0o600)
      #expect(Files.mode(state.certificateKey(.retention)) == 0o600)
    }
  }

  @Test func `a leaf lasts no longer than 366 days and names where the service answers`() async throws {
    try await withStateFolder { state in
      _ = try Authority.issueMissing(in: state)
      let leaf = try #require(try Authority.leaf(of: .channelIntegration, in: state))
      #expect(leaf.notValidAfter.timeIntervalSince(leaf.notValidBefore) <= 366 * 86_400)
      let names = try #require(try leaf.extensions.subjectAlternativeNames)
      #expect(names.contains(.dnsName("localhost")))
      #expect(names.contains(.dnsName("channel-integration")))
      #expect(names.contains(.ipAddress(.init(contentBytes: [127, 0, 0, 1]))))
    }
  }

  @Test func `what expires within 30 days is renewed, the authority with all its leaves`() async throws {
    try await withStateFolder { state in
      _ = try Authority.issueMissing(in: state)
      let nextYear = Date() + 340 * 86_400
      #expect(try Authority.issueMissing(in: state, now: nextYear) == Service.allCases.map(\.rawValue))
      let nextDecade = Date() + 3640 * 86_400
      #expect(try Authority.issueMissing(in: state, now: nextDecade).first == "authority")
      #expect(try Authority.issueMissing(in: state, now: nextDecade) == [])
    }
  }

  @Test func `a damaged certificate, a wrong key and a request renew a leaf`() async throws {
    try await withStateFolder { state in
      _ = try Authority.issueMissing(in: state)
      try Files.write("half a certifi", to: state.certificate(.expansion), mode: 0o644)
      let other = try #require(try Files.text(state.certificateKey(.retention)))
      try Files.write(other, to: state.certificateKey(.acquisition), mode: 0o600)
      #expect(try Authority.issueMissing(in: state) == ["acquisition", "expansion"])
      #expect(try Authority.issueMissing(in: state, renewAll: true) == Service.allCases.map(\.rawValue))
    }
  }
}
