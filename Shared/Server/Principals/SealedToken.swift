import Crypto
import Foundation

/// A token that only a one-time code opens: what is kept of the two is a hash of the code, and the token encrypted.
///
/// Whoever reads the database learns neither: the code has 256 random bits, the hash does not lead back to it, and the key
/// is derived from the code apart from the hash.
public struct SealedToken: Hashable, Sendable {
  /// SHA-256 of the code, by which the token is found.
  public let codeHash: [UInt8]
  /// Nonce, ciphertext and tag of AES-GCM with a 256-bit key.
  public let sealed: [UInt8]

  public init(codeHash: [UInt8], sealed: [UInt8]) {
    self.codeHash = codeHash
    self.sealed = sealed
  }

  /// Encrypts the token for whoever brings the code.
  public init(_ token: String, code: String) throws {
    codeHash = Self.hash(of: code)
    let box = try AES.GCM.seal(Data(token.utf8), using: Self.key(from: code), authenticating: codeHash)
    guard let combined = box.combined else { throw CryptoKitError.incorrectParameterSize }
    sealed = [UInt8](combined)
  }

  /// The token; throws where the code is another, or the kept bytes were changed.
  public func open(with code: String) throws -> String {
    let box = try AES.GCM.SealedBox(combined: sealed)
    let token = try AES.GCM.open(box, using: Self.key(from: code), authenticating: codeHash)
    return String(decoding: token, as: UTF8.self)
  }

  /// A new code: 256 random bits, in characters that a link may hold.
  public static func makeCode() -> String {
    SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }.base64EncodedString()
      .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }

  public static func hash(of code: String) -> [UInt8] {
    [UInt8](SHA256.hash(data: Data(code.utf8)))
  }

  private static func key(from code: String) -> SymmetricKey {
    HKDF<SHA256>.deriveKey(
      inputKeyMaterial: SymmetricKey(data: Data(code.utf8)), info: Data("e-CRM sign-in token".utf8), outputByteCount: 32
    )
  }
}
