import Foundation
import Models

/// What only this suite knows: passwords and keys, each made once and kept in a file that its owner alone reads.
enum Secrets {
  /// The secret in the file, made first when there is none.
  static func obtain(_ path: String, bytes: Int = 32) throws -> String {
    if let secret = try Files.text(path), !secret.isEmpty { return secret }
    let secret = random(bytes: bytes)
    try Files.write(secret + "\n", to: path, mode: 0o600)
    return secret
  }

  /// As many random bytes, in hexadecimal digits.
  static func random(bytes: Int) -> String {
    var generator = SystemRandomNumberGenerator()
    return (0..<bytes).map { _ in UInt8.random(in: .min ... .max, using: &generator) }.hexadecimal
  }
}
