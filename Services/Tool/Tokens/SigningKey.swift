import Crypto
import Foundation
import JWTKit

/// What a token says about its bearer.
struct TokenClaims: JWTPayload {
  static let issuer = "ecrm"
  static let audience = "ecrm"

  var iss = Self.issuer
  var aud = Self.audience
  var sub: String
  var role: String
  /// Scopes with spaces between them; absent where the role decides alone.
  var scope: String?
  /// The id of the one customer whose data the bearer may see.
  var customer: String?
  var iat: Int
  var nbf: Int
  var exp: Int
  var jti: String

  func verify(using algorithm: some JWTAlgorithm) throws {}
}

/// The private key that signs this suite's tokens (ES256). Services hold its public key alone.
struct SigningKey {
  let key: P256.Signing.PrivateKey

  /// A new key, whose id no command line takes for an option.
  static func make() -> SigningKey {
    while true {
      let made = SigningKey(key: P256.Signing.PrivateKey())
      if !made.id.hasPrefix("-") { return made }
    }
  }

  /// The state folder's key, made first when there is none, its public half laid out for the services.
  static func obtain(_ state: StateFolder) throws -> SigningKey {
    let signing: SigningKey
    if let existing = try read(state) {
      signing = existing
    } else {
      signing = make()
      try Files.write(signing.key.pemRepresentation + "\n", to: state.signingKey, mode: 0o600)
    }
    try signing.publish(in: state)
    return signing
  }

  /// Lays the public half out for the services, where it does not lie yet.
  func publish(in state: StateFolder) throws {
    let path = "\(state.tokenKeys)/\(id).pem"
    if try Files.text(path) == key.publicKey.pemRepresentation { return }
    try Files.write(key.publicKey.pemRepresentation + "\n", to: path, mode: 0o644)
  }

  /// The state folder's key, nil when there is none.
  static func read(_ state: StateFolder) throws -> SigningKey? {
    guard let pem = try Files.text(state.signingKey) else { return nil }
    guard let key = try? P256.Signing.PrivateKey(pemRepresentation: pem) else {
      throw Fault("\(state.signingKey) holds no P-256 private key: restore it, or remove it to have a new one made.")
    }
    return SigningKey(key: key)
  }

  /// The key's thumbprint of RFC 7638, by which tokens name it.
  var id: String {
    // The raw representation of a P-256 key is x and y, 32 bytes each.
    let point = [UInt8](key.publicKey.rawRepresentation)
    let (x, y) = (base64URL(point.prefix(32)), base64URL(point.suffix(32)))
    let canonical = #"{"crv":"P-256","kty":"EC","x":"\#(x)","y":"\#(y)"}"#
    return base64URL(SHA256.hash(data: Array(canonical.utf8)))
  }

  /// A token for these claims, signed.
  func token(
    role: String, subject: String, scope: String? = nil, customer: String? = nil, days: Int, now: Date = Date(),
    id: String = Secrets.random(bytes: 16)
  ) async throws -> String {
    let seconds = Int(now.timeIntervalSince1970)
    let claims = TokenClaims(
      sub: subject, role: role, scope: scope, customer: customer, iat: seconds, nbf: seconds,
      exp: seconds + days * 86_400, jti: id)
    let keys = JWTKeyCollection()
    let name = JWKIdentifier(string: self.id)
    await keys.add(ecdsa: try ES256PrivateKey(pem: key.pemRepresentation), kid: name)
    return try await keys.sign(claims, kid: name, header: ["typ": "at+jwt"])
  }

  private func base64URL(_ bytes: some Sequence<UInt8>) -> String {
    Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }
}

/// The tokens that lie in the state folder for those who work with the suite.
enum StandingTokens {
  /// Renews the staff's token; makes the site's write key when there is none that the key in use has signed.
  static func renew(in state: StateFolder) async throws {
    let signing = try SigningKey.obtain(state)
    let staff = try await signing.token(role: "staff", subject: "staff", days: 30)
    try Files.write(staff + "\n", to: state.staffToken, mode: 0o600)
    // The write key stands in the pages of a web site, so it stays the same for as long as it is valid.
    if let site = try Files.text(state.siteToken), try await signing.accepts(site) { return }
    let site = try await signing.token(role: "site", subject: "site", days: 3650)
    try Files.write(site + "\n", to: state.siteToken, mode: 0o600)
  }
}

extension SigningKey {
  /// Whether this key has signed the token, and the token is valid for another 30 days.
  func accepts(_ token: String, now: Date = Date()) async throws -> Bool {
    let keys = JWTKeyCollection()
    await keys.add(ecdsa: try ES256PublicKey(pem: key.publicKey.pemRepresentation), kid: JWKIdentifier(string: id))
    guard let claims = try? await keys.verify(token, as: TokenClaims.self) else { return false }
    return claims.exp > Int(now.timeIntervalSince1970) + 30 * 86_400
  }
}
