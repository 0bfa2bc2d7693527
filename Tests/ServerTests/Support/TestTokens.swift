import Foundation
import JWTKit
import Models

@testable import Server

/// Signs tokens with a key of its own, whose public half it puts into a folder.
struct TestTokens {
  let key = ES256PrivateKey()
  let kid: String

  init(kid: String = "first", keysPath: String) throws {
    self.kid = kid
    try key.publicKey.pemRepresentation.write(
      toFile: "\(keysPath)/\(kid).pem", atomically: true, encoding: .utf8)
  }

  struct Claims: JWTPayload {
    var iss: String? = "https://issuer.example"
    var aud: [String]? = ["ecrm"]
    var exp: Double? = Date.now.timeIntervalSince1970 + 300
    var nbf: Double? = Date.now.timeIntervalSince1970 - 10
    var sub: String? = "ada"
    var role: String? = "staff"
    var scope: String?
    var customer: String?
    var jti: String?

    func verify(using algorithm: some JWTAlgorithm) async throws {}
  }

  func token(_ claims: Claims = Claims(), header: JWTHeader = ["typ": "at+jwt"]) async throws -> String {
    let keys = await JWTKeyCollection().add(ecdsa: key, kid: JWKIdentifier(string: kid))
    return try await keys.sign(claims, kid: JWKIdentifier(string: kid), header: header)
  }

  static let rules = TokenVerifier.Rules(issuers: ["https://issuer.example"])
}
