import Foundation

/// The folder of public keys that services accept tokens of, which they look at every second.
enum TokenKeys {
  /// How long services may take to see a new key. Nothing is signed with it before.
  static let noticeSeconds = 1.5

  /// The ids of all keys in the folder.
  static func accepted(_ state: StateFolder) throws -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: state.tokenKeys)) ?? []
    let keys = names.compactMap { name in name.wholeMatch(of: /([^.].*)\.(pem|jwk)/).map { String($0.output.1) } }
    guard !keys.isEmpty else { throw noKey(state) }
    return keys
  }

  /// Makes a new signing key and renews the standing tokens; the old key's public half stays.
  static func rotate(_ state: StateFolder) async throws -> (old: String, new: String) {
    // The key that signs now is among those accepted, whatever has become of the folder.
    let old = try SigningKey.obtain(state)
    let new = SigningKey.make()
    try new.publish(in: state)
    try await Task.sleep(for: .seconds(noticeSeconds))
    try Files.write(new.key.pemRepresentation + "\n", to: state.signingKey, mode: 0o600)
    try await StandingTokens.renew(in: state)
    return (old.id, new.id)
  }

  static func retire(_ key: String, in state: StateFolder) throws {
    guard try SigningKey.read(state)?.id != key else {
      throw Fault("\(key) signs the tokens: run `ecrm keys rotate` first.")
    }
    guard try accepted(state).contains(key) else {
      throw Fault("There is no key \(key) in \(state.tokenKeys): `ecrm keys` lists those that are there.")
    }
    for kind in ["pem", "jwk"] {
      let path = "\(state.tokenKeys)/\(key).\(kind)"
      guard unlink(path) == 0 || errno == ENOENT else { throw Fault.system("remove \(path)") }
    }
  }

  /// Adds the token's id to those revoked, and returns it.
  static func revoke(_ token: String, in state: StateFolder) throws -> String {
    var id = token
    if token.contains(".") {
      guard let claims = try? claims(of: token) else { throw Fault("That is no token of this suite.") }
      id = claims.jti
    }
    guard id.wholeMatch(of: /[!-~]{1,200}/) != nil else { throw Fault("That is neither a token nor the id of one.") }
    var revoked = try Files.text(state.revokedTokens)?.split(separator: "\n").map(String.init) ?? []
    if !revoked.contains(id) { revoked.append(id) }
    try Files.write(revoked.joined(separator: "\n") + "\n", to: state.revokedTokens, mode: 0o644)
    return id
  }

  static func noKey(_ state: StateFolder) -> Fault {
    Fault("There is no signing key in \(state.path): run `ecrm up` first, or name the state folder with ECRM_HOME.")
  }

  /// The claims of a token, which need not hold any more.
  private static func claims(of token: String) throws -> TokenClaims {
    let parts = token.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3 else { throw Fault("A token has three parts.") }
    let base64 = parts[1].replacing("-", with: "+").replacing("_", with: "/")
    let padding = String(repeating: "=", count: (4 - base64.count % 4) % 4)
    return try JSONDecoder().decode(TokenClaims.self, from: Data(base64Encoded: base64 + padding) ?? Data())
  }
}
