import FoundationEssentials
import JWTKit

/// A key that tokens are verified with, and the one algorithm it is used for.
struct VerificationKey: Sendable {
  /// `alg` of the tokens it verifies: a key is never used with the algorithm that a token asks for.
  let algorithm: String
  /// A collection of this key alone, so that no other one can stand in for it.
  let keys: JWTKeyCollection
}

/// A folder of public keys, each in a file named after its id: `<kid>.pem`, or `<kid>.jwk` for a JWK; and of the tokens
/// that are revoked before they expire, a `jti` a line in the file `revoked`.
struct KeyFolder: Sendable {
  let path: String

  /// Name, size and time of change of each file that matters, to tell whether something changed.
  struct Listing: Hashable, Sendable {
    struct File: Hashable, Sendable {
      let kid: String
      let name: String
      let size: Int
      let changed: Date
    }
    var files: [File] = []
    var revoked: File?
  }

  func listing() -> Listing {
    let manager = FileManager.default
    let names = (try? manager.contentsOfDirectory(atPath: path)) ?? []
    func file(_ name: String, kid: String) -> Listing.File? {
      guard let attributes = try? manager.attributesOfItem(atPath: "\(path)/\(name)") else { return nil }
      let size = (attributes[.size] as? UInt64).map(Int.init) ?? 0
      let changed = attributes[.modificationDate] as? Date ?? .distantPast
      return Listing.File(kid: kid, name: name, size: size, changed: changed)
    }
    let files = names.sorted().compactMap { name -> Listing.File? in
      guard let dot = name.lastIndex(of: "."), ["pem", "jwk"].contains(name[name.index(after: dot)...]) else {
        return nil
      }
      return file(name, kid: String(name[..<dot]))
    }
    return Listing(files: files, revoked: file("revoked", kid: ""))
  }

  /// The tokens that the file names as revoked.
  func revoked(in file: Listing.File) throws -> Set<String> {
    let text = try String(contentsOfFile: "\(path)/\(file.name)", encoding: .utf8)
    return Set(text.split(whereSeparator: \.isWhitespace).map(String.init))
  }

  func key(in file: Listing.File) async throws -> VerificationKey {
    let text = try String(contentsOfFile: "\(path)/\(file.name)", encoding: .utf8)
    let keys = JWTKeyCollection()
    if file.name.hasSuffix(".jwk") {
      let jwk = try JSONDecoder().decode(JWK.self, from: Data(text.utf8))
      return try await Self.key(of: jwk, keys: keys)
    }
    if let key = try? ES256PublicKey(pem: text) {
      await keys.add(ecdsa: key)
      return VerificationKey(algorithm: "ES256", keys: keys)
    }
    await keys.add(eddsa: try EdDSA.PublicKey(pem: text))
    return VerificationKey(algorithm: "EdDSA", keys: keys)
  }

  private static func key(of jwk: JWK, keys: JWTKeyCollection) async throws -> VerificationKey {
    guard let x = jwk.x else { throw KeyError.unusable }
    if jwk.keyType.rawValue == "EC", jwk.curve?.rawValue == "P-256", let y = jwk.y {
      await keys.add(ecdsa: try ES256PublicKey(parameters: (x: x, y: y)))
      return VerificationKey(algorithm: "ES256", keys: keys)
    }
    if jwk.keyType.rawValue == "OKP", jwk.curve?.rawValue == "Ed25519" {
      await keys.add(eddsa: try EdDSA.PublicKey(x: x, curve: .ed25519))
      return VerificationKey(algorithm: "EdDSA", keys: keys)
    }
    throw KeyError.unusable
  }

  enum KeyError: Error {
    /// Neither an ES256 nor an Ed25519 key.
    case unusable
  }
}
