import Crypto
import Foundation
import Testing
import X509

@testable import Tool

struct CertificatesTests {
  @Test func `everything is issued once, and nothing again while it is valid`() async throws {
    try await withStateFolder { state in
      let issued = try Authority.issueMissing(in: state)
      #expect(issued == ["authority"] + StateFolder.servers)
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
      #expect(try Authority.issueMissing(in: state, now: nextYear) == StateFolder.servers)
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
      #expect(try Authority.issueMissing(in: state, renewAll: true) == StateFolder.servers)
    }
  }

  @Test func `a client's certificate is its own, with the authority's after it, and its key is its owner's`()
    async throws
  {
    try await withStateFolder { state in
      let (authority, _) = try Authority.obtain(state)
      let names = ["spiffe://ecrm/erp", "erp.example"]
      try authority.issue(toClient: "erp", names: names, days: 366, in: state)
      #expect(Files.mode(state.clientKey("erp")) == 0o600)
      let chain = try #require(try Files.text(state.clientCertificate("erp")))
      let last = "-----END CERTIFICATE-----"
      let certificates = try chain.components(separatedBy: last).dropLast().map {
        try Certificate(pemEncoded: $0 + last)
      }
      #expect(certificates.count == 2)
      let leaf = try #require(certificates.first)
      #expect(certificates[1].publicKey.isValidSignature(leaf.signature, for: leaf))
      #expect(leaf.notValidAfter.timeIntervalSince(leaf.notValidBefore) == 366 * 86_400)
      let named = try #require(try leaf.extensions.subjectAlternativeNames)
      #expect(Array(named) == [.uniformResourceIdentifier("spiffe://ecrm/erp"), .dnsName("erp.example")])
      let usage = try #require(try leaf.extensions.extendedKeyUsage)
      #expect(Array(usage) == [.clientAuth])
      let key = try Certificate.PrivateKey(pemEncoded: try #require(try Files.text(state.clientKey("erp"))))
      #expect(key.publicKey == leaf.publicKey)
    }
  }

  @Test(
    arguments: [
      ["erp", "--days", "367"], ["erp", "--days", "0"], ["ERP"], ["../erp"], ["a b"], ["acquisition"], ["edge"], [""],
      ["erp", "--san", "a b"], ["erp", "--san", "*.example"],
    ])
  func `a certificate that must not be is refused before anything is made`(arguments: [String]) {
    #expect(throws: (any Error).self) { try IssueCertificate.parse(arguments) }
  }

  @Test func `issuing and renewing are told apart`() throws {
    #expect(try CertificatesCommand.parseAsRoot([]) is RenewCertificates)
    #expect((try CertificatesCommand.parseAsRoot(["--renew"]) as? RenewCertificates)?.renew == true)
    let issue = try #require(try CertificatesCommand.parseAsRoot(["issue", "erp"]) as? IssueCertificate)
    #expect(issue.days == 365)
  }
}
