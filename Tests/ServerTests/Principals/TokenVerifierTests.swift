import Crypto
import Foundation
import JWTKit
import Logging
import Models
import Testing

@testable import Server

@Suite struct TokenVerifierTests {
  let authority: TestAuthority
  let tokens: TestTokens
  let verifier: TokenVerifier

  init() throws {
    authority = try TestAuthority()
    tokens = try TestTokens(keysPath: authority.keysPath)
    verifier = TokenVerifier(
      keysPath: authority.keysPath, rules: TestTokens.rules,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }

  private func refusal(_ token: String) async -> String? {
    do {
      _ = try await verifier.verify(token, now: WallClock.now())
      return nil
    } catch {
      return (error as? TokenRefused)?.reason
    }
  }

  private func encoded(_ text: String) -> String {
    Data(text.utf8).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }

  private var goodPayload: String {
    let now = Int(Date.now.timeIntervalSince1970)
    return #"{"iss":"https://issuer.example","aud":"ecrm","exp":\#(now + 60),"nbf":\#(now),"sub":"eve","role":"staff"}"#
  }

  private static let header = #"{"alg":"ES256","kid":"first","typ":"at+jwt"}"#

  /// A token with this header and payload, signed with the real key.
  private func signed(_ header: String, _ payload: String) throws -> String {
    let text = encoded(header) + "." + encoded(payload)
    let key = try P256.Signing.PrivateKey(pemRepresentation: tokens.key.pemRepresentation)
    let signature = try key.signature(for: Data(text.utf8)).rawRepresentation.base64EncodedString()
    return text + "." + signature.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }

  @Test func `a good token names its principal`() async throws {
    var claims = TestTokens.Claims()
    claims.role = "partner"
    claims.scope = "leads:read leads:write"
    let principal = try await verifier.verify(try await tokens.token(claims), now: WallClock.now())
    #expect(principal.key == "https://issuer.example|ada")
    #expect(principal.role == .partner)
    #expect(principal.scopes == ["leads:read", "leads:write"])
    #expect(try await verifier.verify(try await tokens.token(), now: WallClock.now()).scopes == nil)
    claims.scope = nil
    #expect(try await verifier.verify(try await tokens.token(claims), now: WallClock.now()).scopes == [])
    #expect(
      try await verifier.verify(try signed(Self.header, goodPayload), now: WallClock.now())
        .subject == "eve")
  }

  @Test func `no claim may be missing or wrong`() async throws {
    let now = Date.now.timeIntervalSince1970
    let wrongs: [(String, (inout TestTokens.Claims) -> Void)] = [
      ("unknown issuer", { $0.iss = "https://other.example" }), ("wrong audience", { $0.aud = ["other"] }),
      ("expired", { $0.exp = now - 61 }), ("expired", { $0.exp = .greatestFiniteMagnitude }),
      ("not valid yet", { $0.nbf = now + 120 }), ("no subject or role", { $0.role = "admin" }),
      ("no subject or role", { $0.sub = "" }), ("no customer", { $0.role = "customer" }),
      ("bad claims", { $0.iss = nil }), ("bad claims", { $0.aud = nil }), ("bad claims", { $0.exp = nil }),
      ("bad claims", { $0.nbf = nil }), ("bad claims", { $0.sub = nil }), ("bad claims", { $0.role = nil }),
    ]
    for (reason, change) in wrongs {
      var claims = TestTokens.Claims()
      change(&claims)
      #expect(await refusal(try await tokens.token(claims)) == reason)
    }
    let skews: [(inout TestTokens.Claims) -> Void] = [
      { $0.exp = Date.now.timeIntervalSince1970 - 30 }, { $0.nbf = now + 50 }, { $0.aud = ["other", "ecrm"] },
    ]
    for change in skews {
      var claims = TestTokens.Claims()
      change(&claims)
      #expect(await refusal(try await tokens.token(claims)) == nil)
    }
  }

  @Test func `forged tokens are refused`() async throws {
    let payload = goodPayload
    for algorithm in ["none", "None", "nOnE", "NONE", "ES384", "RS256", "EdDSA"] {
      let header = #"{"alg":"\#(algorithm)","kid":"first"}"#
      #expect(await refusal(encoded(header) + "." + encoded(payload) + ".AAAA") == "wrong algorithm")
      #expect(await refusal(encoded(header) + "." + encoded(payload) + ".") == "not a JWT")
      #expect(await refusal(try signed(header, payload)) == "wrong algorithm")
    }
    for (fault, text) in [
      ("unknown issuer", payload.replacing("issuer.example", with: "other.example")),
      ("bad claims", payload.replacing(#""sub":"eve""#, with: #""sub":"ada","sub":"eve""#)),
      ("bad claims", payload.replacing(#""aud":"ecrm""#, with: #""aud":{"ecrm":true}"#)),
      ("bad claims", payload.replacing("}", with: ",}")), ("bad claims", "[]"),
    ] {
      #expect(await refusal(try signed(Self.header, text)) == fault)
    }
    let symmetric = await JWTKeyCollection().add(
      hmac: HMACKey(from: tokens.key.publicKey.pemRepresentation), digestAlgorithm: .sha256)
    let confused = try await symmetric.sign(TestTokens.Claims(), header: ["kid": "first"])
    #expect(await refusal(confused) == "wrong algorithm")
    for kid in ["second", "../keys/first", "../../dev/null", "", "first.pem", "FIRST"] {
      #expect(await refusal(try signed(#"{"alg":"ES256","kid":"\#(kid)"}"#, payload)) == "unknown key")
    }
    #expect(await refusal(try signed(#"{"alg":"ES256"}"#, payload)) == "unknown key")
    #expect(await refusal(try signed(#"{"alg":"ES256","kid":["first"]}"#, payload)) == "bad header")
    for member in [#""jwk":{}"#, #""jku":"https://x""#, #""x5u":"https://x""#, #""x5c":[]"#, #""crit":["b64"]"#] {
      let header = #"{"alg":"ES256","kid":"first",\#(member)}"#
      #expect(await refusal(try signed(header, payload)) == "header with a key, a link or crit")
    }
    for header in [
      #"{"alg":"ES256","kid":"first","typ":"dpop+jwt"}"#, #"{"alg":"ES256","kid":"first","typ":"JWT"}"#,
      #"{"alg":"ES256","kid":"first"}"#,
    ] {
      #expect(await refusal(try signed(header, payload)) == "wrong type")
    }
    let twice = #"{"alg":"ES256","kid":"second","kid":"first","typ":"at+jwt"}"#
    #expect(await refusal(try signed(twice, payload)) == "bad header")
    let zeros = String(repeating: "A", count: 86)
    let header = encoded(Self.header)
    #expect(await refusal("\(header).\(encoded(payload)).\(zeros)") == "bad signature")
    #expect(await refusal("\(header).\(encoded(payload)).AA") == "bad signature")
    let text = "\(header).\(encoded(payload))"
    let signing = try P256.Signing.PrivateKey(pemRepresentation: tokens.key.pemRepresentation)
    let asASN1 = try signing.signature(for: Data(text.utf8)).derRepresentation.base64EncodedString()
    let trimmed = asASN1.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    #expect(await refusal("\(text).\(trimmed)") == "bad signature")
    let good = try await tokens.token()
    let parts = good.split(separator: ".").map(String.init)
    #expect(await refusal("\(parts[0]).\(encoded(payload)).\(parts[2])") == "bad signature")
    let stranger = await JWTKeyCollection().add(ecdsa: ES256PrivateKey(), kid: "first")
    let strange = try await stranger.sign(TestTokens.Claims(), kid: "first", header: ["typ": "at+jwt"])
    #expect(await refusal(strange) == "bad signature")
  }

  @Test func `what is no token is refused`() async throws {
    let good = try await tokens.token()
    for text in ["", ".", "..", "a.b", "a.b.c.d", "!.!.!", "ä.ö.ü", good + ".", good + "=", " " + good, "\(good)\n"] {
      #expect(await refusal(text) == "not a JWT")
    }
    #expect(await refusal(String(repeating: "x", count: 10_000)) == "too long")
    #expect(await refusal("e30.e30.e30x") == "bad header")
    var claims = TestTokens.Claims()
    claims.scope = String(repeating: "leads:read ", count: 1000)
    #expect(await refusal(try await tokens.token(claims)) == "too long")
  }

  @Test func `a remembered token expires all the same`() async throws {
    var claims = TestTokens.Claims()
    claims.exp = Date.now.timeIntervalSince1970 + 5
    let token = try await tokens.token(claims)
    let now = WallClock.now()
    _ = try await verifier.verify(token, now: now)
    _ = try await verifier.verify(token, now: now.adding(seconds: 1))
    await #expect(throws: TokenRefused.self) { try await verifier.verify(token, now: now.adding(seconds: 70)) }
  }

  @Test func `old and new keys hold while both lie in the folder`() async throws {
    let old = try await tokens.token()
    #expect(await refusal(old) == nil)
    let next = try TestTokens(kid: "second", keysPath: authority.keysPath)
    let edwards = try EdDSA.PrivateKey()
    try edwards.publicKey.pemRepresentation.write(
      toFile: "\(authority.keysPath)/third.pem", atomically: true, encoding: .utf8)
    let raw = encoded("") + edwards.publicKey.rawRepresentation.base64EncodedString()
    let x = raw.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    try #"{"kty":"OKP","crv":"Ed25519","x":"\#(x)","kid":"fourth"}"#.write(
      toFile: "\(authority.keysPath)/fourth.jwk", atomically: true, encoding: .utf8)
    let edwardsKeys = await JWTKeyCollection().add(eddsa: edwards, kid: "third").add(eddsa: edwards, kid: "fourth")
    let new = try await next.token()
    try await Task.sleep(for: .seconds(0.15))
    // Nobody waits for a key that was not there at the last look.
    #expect(await refusal(new) == nil)
    #expect(await refusal(old) == nil)
    #expect(
      await refusal(try await edwardsKeys.sign(TestTokens.Claims(), kid: "third", header: ["typ": "at+jwt"])) == nil)
    #expect(
      await refusal(try await edwardsKeys.sign(TestTokens.Claims(), kid: "fourth", header: ["typ": "at+jwt"])) == nil)
    try FileManager.default.removeItem(atPath: "\(authority.keysPath)/first.pem")
    try "-----BEGIN PUB".write(toFile: "\(authority.keysPath)/second.pem", atomically: true, encoding: .utf8)
    try await eventually { await refusal(old) == "unknown key" }
    #expect(await refusal(new) == nil)
  }

  @Test func `a revoked token is refused, also when it was remembered, and no other`() async throws {
    var claims = TestTokens.Claims()
    claims.jti = "token-1"
    let token = try await tokens.token(claims)
    let other = try await tokens.token()
    #expect(await refusal(token) == nil)
    let revoked = "\(authority.keysPath)/revoked"
    try "token-0\ntoken-1\n".write(toFile: revoked, atomically: true, encoding: .utf8)
    try await eventually { await refusal(token) == "revoked" }
    #expect(await refusal(other) == nil)
    try FileManager.default.removeItem(atPath: revoked)
    try await eventually { await refusal(token) == nil }
  }
}
