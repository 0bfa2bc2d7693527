import AsyncHTTPClient
import Foundation
import NIOSSL
import Testing
import X509

@testable import Server

extension TransportTests {
  @Suite struct CertificatesTests {
    private func failures(_ server: TestServer) async throws -> Double {
      try await sample("tls_certificate_reload_failures_total", server)
    }

    private func sample(_ name: String, _ server: TestServer) async throws -> Double {
      let line = try await server.admin("/metrics").body.split(separator: "\n").first { $0.hasPrefix("\(name){") }
      return try #require(line?.split(separator: " ").last.flatMap { Double($0) })
    }

    private func serial(_ server: TestServer) async throws -> String {
      try await SeenCertificate().serial(port: server.ports.calls)
    }

    @Test func `a replaced certificate is served without a restart`() async throws {
      try await withServer { server async throws in
        let first = try await serial(server)
        let next = try server.authority.issue()
        try await eventually { try await serial(server) == "\(next.serialNumber)" }
        #expect("\(next.serialNumber)" != first)
        let seconds = try await sample("tls_certificate_expiry_seconds", server)
        #expect((86_000...86_401).contains(seconds))
        #expect(try await server.send(body: "{}", authorized: true).status == 200)
      }
    }

    @Test(arguments: ["broken key", "foreign key", "half a chain", "expired", "early", "gone"])
    func `a bad pair is counted and the one before it stays`(fault: String) async throws {
      try await withServer { server async throws in
        let authority = server.authority
        let first = try await serial(server)
        let chain = try String(contentsOfFile: authority.certificatePath, encoding: .utf8)
        let key = try String(contentsOfFile: authority.keyPath, encoding: .utf8)
        switch fault {
        case "broken key": try "broken".write(toFile: authority.keyPath, atomically: true, encoding: .utf8)
        case "foreign key": try authority.issue(certificatePath: "/dev/null")
        case "half a chain":
          let half = chain + String(chain.prefix(chain.count / 2))
          try half.write(toFile: authority.certificatePath, atomically: true, encoding: .utf8)
        case "expired": try authority.issue(from: -7200, to: -60)
        case "early": try authority.issue(from: 3600, to: 7200)
        default: try FileManager.default.removeItem(atPath: authority.certificatePath)
        }
        try await eventually { try await failures(server) >= 2 }
        #expect(try await serial(server) == first)
        #expect(try await server.send(body: "{}", authorized: true).status == 200)
        try key.write(toFile: authority.keyPath, atomically: true, encoding: .utf8)
        try chain.write(toFile: authority.certificatePath, atomically: true, encoding: .utf8)
        let next = try authority.issue()
        try await eventually { try await serial(server) == "\(next.serialNumber)" }
      }
    }

    @Test func `with mutual TLS only certified clients come in and are named`() async throws {
      try await withServer(mutualTLS: .required) { server async throws in
        #expect(try await server.send(body: "{}").body.contains(#""names":"localhost spiffe://ecrm/test""#))
        let stranger = try makeClient(server.authority)
        await #expect(throws: (any Error).self) { try await server.send(body: "{}", client: stranger) }
        try await stranger.shutdown()
      }
    }

    @Test func `where a certificate is asked for only, clients may come without but not with a bad one`() async throws {
      try await withServer(mutualTLS: .optional) { server async throws in
        #expect(try await server.send(body: "{}").body.contains(#""names":"localhost spiffe://ecrm/test""#))
        let without = try makeClient(server.authority)
        #expect(try await server.send(body: "{}", client: without).body.contains(#""names":"""#))
        try await without.shutdown()
        let foreign = try TestAuthority()
        defer { foreign.remove() }
        try foreign.issue()
        let stranger = try makeClient(server.authority, certifiedBy: foreign)
        await #expect(throws: (any Error).self) { try await server.send(body: "{}", client: stranger) }
        try await stranger.shutdown()
      }
    }

    @Test func `clients' authorities are replaced with overlap, and a broken file of them is not taken`() async throws {
      try await withServer(mutualTLS: .required) { server async throws in
        let next = try TestAuthority()
        defer { next.remove() }
        try next.issue()
        func isAdmitted(_ authority: TestAuthority) async throws -> Bool {
          let client = try makeClient(server.authority, certifiedBy: authority)
          let answer = try? await server.send(body: "{}", client: client)
          try await client.shutdown()
          return answer?.status == 200
        }
        #expect(try await isAdmitted(server.authority))
        #expect(try await !isAdmitted(next))
        let (old, new) = (
          try String(contentsOfFile: server.authority.authorityPath, encoding: .utf8),
          try String(contentsOfFile: next.authorityPath, encoding: .utf8)
        )
        func write(_ text: String) throws {
          try text.write(toFile: server.clientAuthorityPath, atomically: true, encoding: .utf8)
        }
        try write("\(old)\n\(new)")
        try await eventually { try await isAdmitted(next) }
        #expect(try await isAdmitted(server.authority))
        try write("\(old)\n\(new.prefix(new.count / 2))")
        try await eventually { try await failures(server) >= 2 }
        #expect(try await isAdmitted(next))
        try write(new)
        try await eventually { try await !isAdmitted(server.authority) }
        #expect(try await isAdmitted(next))
      }
    }
  }
}
