import Crypto
import Foundation
import Testing

@testable import Tool

struct TokenTests {
  /// The header, the claims and whether the key has signed them.
  private func parts(_ token: String, of key: SigningKey) throws -> (header: [String: Any], claims: [String: Any]) {
    let parts = token.split(separator: ".").map { part in
      let base64 = part.replacing("-", with: "+").replacing("_", with: "/")
      return Data(base64Encoded: base64 + String(repeating: "=", count: (4 - base64.count % 4) % 4)) ?? Data()
    }
    try #require(parts.count == 3)
    let signed = Data(token[..<(try #require(token.lastIndex(of: ".")))].utf8)
    let signature = try P256.Signing.ECDSASignature(rawRepresentation: parts[2])
    #expect(key.key.publicKey.isValidSignature(signature, for: signed))
    let objects = try parts.prefix(2).map { try JSONSerialization.jsonObject(with: $0) as? [String: Any] ?? [:] }
    return (objects[0], objects[1])
  }

  @Test func `a token says who bears it and for how long`() async throws {
    try await withStateFolder { state in
      let key = try SigningKey.obtain(state)
      let token = try await key.token(role: "customer", subject: "ada", scope: "a:read", customer: "c", days: 2)
      let (header, claims) = try parts(token, of: key)
      #expect(header["typ"] as? String == "at+jwt")
      #expect(header["alg"] as? String == "ES256")
      #expect(header["kid"] as? String == key.id)
      #expect(claims["iss"] as? String == "ecrm")
      #expect(claims["aud"] as? String == "ecrm")
      #expect(claims["sub"] as? String == "ada")
      #expect(claims["role"] as? String == "customer")
      #expect(claims["scope"] as? String == "a:read")
      #expect(claims["customer"] as? String == "c")
      let (issued, expires) = (try #require(claims["iat"] as? Int), try #require(claims["exp"] as? Int))
      #expect(expires - issued == 2 * 86_400)
    }
  }

  @Test func `what a token does not limit is absent from it`() async throws {
    try await withStateFolder { state in
      let key = try SigningKey.obtain(state)
      let (_, claims) = try parts(try await key.token(role: "staff", subject: "staff", days: 1), of: key)
      #expect(claims["scope"] == nil)
      #expect(claims["customer"] == nil)
    }
  }

  @Test func `the key is kept, and its public half lies under its id for the services`() async throws {
    try await withStateFolder { state in
      let key = try SigningKey.obtain(state)
      #expect(try SigningKey.obtain(state).id == key.id)
      #expect(try FileManager.default.contentsOfDirectory(atPath: state.tokenKeys) == ["\(key.id).pem"])
      #expect(Files.mode(state.signingKey) == 0o600)
    }
  }

  @Test func `no key's id looks like an option of a command`() {
    // One thumbprint of 64 begins with a hyphen.
    #expect((0..<500).allSatisfy { _ in !SigningKey.make().id.hasPrefix("-") })
  }

  @Test func `the thumbprint is that of RFC 7638`() throws {
    let bytes = [UInt8](repeating: 0, count: 31) + [1]
    // The key 1: its public point is the curve's own base point.
    let key = SigningKey(key: try P256.Signing.PrivateKey(rawRepresentation: bytes))
    let canonical =
      #"{"crv":"P-256","kty":"EC","x":"axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY","#
      + #""y":"T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU"}"#
    let digest = Data(SHA256.hash(data: Data(canonical.utf8))).base64EncodedString()
    #expect(key.id == digest.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: ""))
  }

  @Test func `each renewal changes the staff's token and keeps the site's`() async throws {
    try await withStateFolder { state in
      try await StandingTokens.renew(in: state)
      let (staff, site) = (try Files.text(state.staffToken), try Files.text(state.siteToken))
      try await StandingTokens.renew(in: state)
      #expect(try Files.text(state.staffToken) != staff)
      #expect(try Files.text(state.siteToken) == site)
      #expect(Files.mode(state.staffToken) == 0o600)
      try FileManager.default.removeItem(atPath: state.signingKey)
      try await StandingTokens.renew(in: state)
      #expect(try Files.text(state.siteToken) != site)
    }
  }

  @Test func `a rotated key leaves the old one accepted until it is retired`() async throws {
    try await withStateFolder { state in
      try await StandingTokens.renew(in: state)
      let (staff, site) = (try Files.text(state.staffToken), try Files.text(state.siteToken))
      let (old, new) = try await TokenKeys.rotate(state)
      #expect(try SigningKey.read(state)?.id == new)
      #expect(Set(try TokenKeys.accepted(state)) == [old, new])
      #expect(try Files.text(state.staffToken) != staff)
      #expect(try Files.text(state.siteToken) != site)
      #expect(Files.mode(state.signingKey) == 0o600)
      #expect(throws: Fault.self) { try TokenKeys.retire(new, in: state) }
      #expect(throws: Fault.self) { try TokenKeys.retire("unheard-of", in: state) }
      try TokenKeys.retire(old, in: state)
      #expect(try TokenKeys.accepted(state) == [new])
      try await StandingTokens.renew(in: state)
      #expect(try TokenKeys.accepted(state) == [new])
    }
  }

  @Test func `a token is revoked by itself or by its id, each once`() async throws {
    try await withStateFolder { state in
      let key = try SigningKey.obtain(state)
      let token = try await key.token(role: "staff", subject: "staff", days: 1)
      let (_, claims) = try parts(token, of: key)
      let id = try #require(claims["jti"] as? String)
      #expect(try TokenKeys.revoke(token, in: state) == id)
      _ = try TokenKeys.revoke("another", in: state)
      _ = try TokenKeys.revoke(id, in: state)
      #expect(try Files.text(state.revokedTokens) == "\(id)\nanother")
      #expect(throws: Fault.self) { try TokenKeys.revoke("a b", in: state) }
      #expect(throws: Fault.self) { try TokenKeys.revoke("a.b.c", in: state) }
    }
  }
}
