import Crypto
import FoundationEssentials
import JSON
import JWTKit
import Logging
import Models
import Synchronization

/// Why a token does not hold, for the log; the caller learns only that it does not.
public struct TokenRefused: Error, Hashable, Sendable {
  public let reason: String
}

/// Verifies bearer tokens by the rules of RFC 8725: one algorithm a key, no key from outside, every claim checked.
///
/// Keys come from a folder, which is looked at again every second at most, and sooner for a key that is not known yet;
/// while an old and a new key lie in it, both hold. A verified token is remembered by its hash until it expires or the
/// folder changes.
public struct TokenVerifier: Sendable {
  /// What a token must look like.
  public struct Rules: Sendable {
    public var audience = "ecrm"
    /// Issuers whose tokens are accepted.
    public var issuers: Set<String>
    /// How far clocks may differ.
    public var skewSeconds: Int64 = 60
    public var maximumBytes = 4096
    public var rememberedTokens = 10_000

    public init(issuers: Set<String>) {
      self.issuers = issuers
    }
  }

  private struct Remembered {
    let principal: Principal
    let expiresAt: Int64
  }

  private struct Held {
    var listing: KeyFolder.Listing?
    var keys: [String: VerificationKey] = [:]
    var revoked: Set<String> = []
    var lookedAt: ContinuousClock.Instant?
    /// The look at the folder that is under way.
    var looking: Task<Void, Never>?
    var remembered: [SHA256Digest: Remembered] = [:]
  }

  private final class Memory: Sendable {
    let held = Mutex(Held())
  }

  private let folder: KeyFolder
  private let rules: Rules
  private let logger: Logger
  private let memory = Memory()

  /// A verifier of the keys in `keysPath`, each in `<kid>.pem` (ES256 or Ed25519) or `<kid>.jwk`.
  public init(keysPath: String, rules: Rules, logger: Logger) {
    self.folder = KeyFolder(path: keysPath)
    self.rules = rules
    self.logger = logger
  }

  /// The principal of a token that holds at `now`; throws `TokenRefused` otherwise.
  public func verify(_ token: String, now: Timestamp) async throws -> Principal {
    let bytes = Array(token.utf8)
    guard bytes.count <= rules.maximumBytes else { throw TokenRefused(reason: "too long") }
    await look(ifOlderThan: .seconds(1), isAwaited: false)?.value
    let seconds = now.microsecondsSinceEpoch / 1_000_000
    let digest = SHA256.hash(data: bytes)
    if let remembered = memory.held.withLock({ $0.remembered[digest] }), remembered.expiresAt > seconds {
      return remembered.principal
    }
    let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 3, parts.allSatisfy(Self.isBase64URL) else { throw TokenRefused(reason: "not a JWT") }
    guard let header = Self.decode(Header.self, from: parts[0]) else { throw TokenRefused(reason: "bad header") }
    guard let kid = header.kid, let key = await key(kid) else { throw TokenRefused(reason: "unknown key") }
    guard header.alg == key.algorithm else { throw TokenRefused(reason: "wrong algorithm") }
    guard !header.hasForeignMembers else { throw TokenRefused(reason: "header with a key, a link or crit") }
    guard ["at+jwt", "application/at+jwt"].contains(header.typ?.lowercased()) else {
      throw TokenRefused(reason: "wrong type")
    }
    guard (try? await key.keys.verify(bytes, as: Unread.self)) != nil else {
      throw TokenRefused(reason: "bad signature")
    }
    guard let claims = Self.decode(Claims.self, from: parts[1]) else { throw TokenRefused(reason: "bad claims") }
    let principal = try principal(of: claims, at: seconds)
    try remember(principal, of: digest, until: Int64(claims.exp), by: key)
    return principal
  }

  /// The key of this id; a new one is looked for at once, so that tokens hold as soon as their key lies there.
  private func key(_ kid: String) async -> VerificationKey? {
    if let key = memory.held.withLock({ $0.keys[kid] }) { return key }
    await look(ifOlderThan: .milliseconds(100), isAwaited: true)?.value
    return memory.held.withLock { $0.keys[kid] }
  }

  private func principal(of claims: Claims, at now: Int64) throws -> Principal {
    guard rules.issuers.contains(claims.iss) else { throw TokenRefused(reason: "unknown issuer") }
    guard claims.aud.values.contains(rules.audience) else { throw TokenRefused(reason: "wrong audience") }
    guard claims.exp.isFinite, claims.exp > 0, claims.exp < 1e11, Double(now - rules.skewSeconds) < claims.exp else {
      throw TokenRefused(reason: "expired")
    }
    guard claims.nbf.isFinite, claims.nbf <= Double(now + rules.skewSeconds) else {
      throw TokenRefused(reason: "not valid yet")
    }
    guard !claims.sub.isEmpty, let role = Role(rawValue: claims.role) else {
      throw TokenRefused(reason: "no subject or role")
    }
    guard role != .customer || claims.customer != nil else { throw TokenRefused(reason: "no customer") }
    let granted = claims.scope.map { Set($0.split(separator: " ").map(String.init)) }
    return Principal(
      issuer: claims.iss, subject: claims.sub, role: role, scopes: role == .staff ? granted : granted ?? [],
      customer: claims.customer, tokenID: claims.jti)
  }

  /// Remembers a token that is not revoked, unless its key went away while it was being verified.
  private func remember(
    _ principal: Principal, of digest: SHA256Digest, until expiresAt: Int64, by key: VerificationKey
  ) throws {
    try memory.held.withLock { held in
      if let id = principal.tokenID, held.revoked.contains(id) { throw TokenRefused(reason: "revoked") }
      guard held.keys.values.contains(where: { $0.keys === key.keys }) else { return }
      if held.remembered.count >= rules.rememberedTokens { held.remembered.removeAll(keepingCapacity: true) }
      held.remembered[digest] = Remembered(principal: principal, expiresAt: expiresAt)
    }
  }

  /// Looks at the folder if the last look was longer ago, and gives what is to be waited for: the first look always;
  /// during later ones the old keys hold for whoever need not wait.
  private func look(ifOlderThan age: Duration, isAwaited: Bool) -> Task<Void, Never>? {
    let now = ContinuousClock.now
    return memory.held.withLock { held in
      if let looking = held.looking { return isAwaited || held.lookedAt == nil ? looking : nil }
      if let lookedAt = held.lookedAt, now - lookedAt < age { return nil }
      let looking = Task { await read() }
      held.looking = looking
      return isAwaited || held.lookedAt == nil ? looking : nil
    }
  }

  /// Reads the folder's keys if any file changed.
  private func read() async {
    let listing = folder.listing()
    let old = memory.held.withLock { $0 }
    var keys: [String: VerificationKey] = [:]
    var revoked: Set<String> = []
    if old.listing != listing {
      // A file that is being written must not take a key away that holds.
      for file in listing.files {
        do {
          keys[file.kid] = try await folder.key(in: file)
        } catch {
          keys[file.kid] = old.keys[file.kid]
          logger.warning("A token key cannot be read.", metadata: ["kid": "\(file.kid)", "error": "\(error)"])
        }
      }
      do {
        revoked = try listing.revoked.map(folder.revoked) ?? []
      } catch {
        revoked = old.revoked
        logger.warning("The revoked tokens cannot be read.", metadata: ["error": "\(error)"])
      }
      let known = keys.keys.sorted().joined(separator: " ")
      logger.info("Token keys read.", metadata: ["kids": "\(known)", "revoked": "\(revoked.count)"])
    }
    memory.held.withLock { held in
      if held.listing != listing {
        held.listing = listing
        held.keys = keys
        held.revoked = revoked
        held.remembered.removeAll()
      }
      held.lookedAt = .now
      held.looking = nil
    }
  }

  private static func isBase64URL(_ part: ArraySlice<UInt8>) -> Bool {
    guard !part.isEmpty, part.count % 4 != 1 else { return false }
    return part.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"): true
      default: false
      }
    }
  }

  private static func decode<Value: Decodable>(_ type: Value.Type, from part: ArraySlice<UInt8>) -> Value? {
    var text = part.map { byte in
      byte == UInt8(ascii: "-") ? UInt8(ascii: "+") : byte == UInt8(ascii: "_") ? UInt8(ascii: "/") : byte
    }
    while text.count % 4 != 0 { text.append(UInt8(ascii: "=")) }
    return Data(base64Encoded: Data(text)).flatMap { try? JSONDocument(parsing: Array($0)).root.decode(type) }
  }
}

/// The header of a token, with what must not be in it.
private struct Header: Decodable {
  let alg: String
  let kid: String?
  let typ: String?
  let hasForeignMembers: Bool

  private enum Member: String, CodingKey, CaseIterable {
    case alg, kid, typ, jwk, jku, x5u, x5c, crit
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Member.self)
    alg = try container.decode(String.self, forKey: .alg)
    kid = try container.decodeIfPresent(String.self, forKey: .kid)
    typ = try container.decodeIfPresent(String.self, forKey: .typ)
    hasForeignMembers = [.jwk, .jku, .x5u, .x5c, .crit].contains(where: container.contains)
  }
}

/// A payload of which nothing is read until the signature holds.
private struct Unread: JWTPayload {
  func verify(using algorithm: some JWTAlgorithm) async throws {}
}

/// The claims of a token; they are checked by the verifier, which knows the time and the rules.
private struct Claims: Decodable {
  let iss: String
  let aud: Audience
  let exp: Double
  let nbf: Double
  let sub: String
  let role: String
  let scope: String?
  let customer: String?
  let jti: String?
}

/// One audience or several.
private struct Audience: Decodable {
  let values: [String]

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let value = try? container.decode(String.self) {
      values = [value]
    } else {
      values = try container.decode([String].self)
    }
  }
}
