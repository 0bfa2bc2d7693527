import Crypto
import Foundation
import Models

/// How far a load has come, kept in the state folder until it is done.
struct LoadPlace: Codable, Equatable {
  /// What is loaded: another file, or the same with other rows, begins anew.
  let identity: String
  /// The beginning of this load's idempotency keys. Each load has its own, so that the next one is told anew what
  /// became of its rows; one that goes on has those of the one it carries on.
  let run: String
  /// Parts that were acknowledged, from the first without a gap.
  var parts = 0
  /// What became of their rows, for each phase begun.
  var tallies: [LoadTally] = []

  init(identity: String) {
    self.identity = identity
    self.run = Secrets.random(bytes: 12)
  }

  /// The place where a load of this was left; nil when there is none.
  static func read(_ path: String, identity: String) -> LoadPlace? {
    guard let bytes = FileManager.default.contents(atPath: path),
      let place = try? JSONDecoder().decode(LoadPlace.self, from: bytes), place.identity == identity
    else { return nil }
    return place
  }

  func write(_ path: String) throws {
    try Files.write(Array(try JSONEncoder().encode(self)), to: path, mode: 0o600)
  }

  func idempotencyKey(ofPart number: Int) -> String { "load-\(run)-\(number)" }

  /// A hash over the content of the files and over how their rows are read.
  static func identity(of files: [String], readAs description: String) throws -> String {
    var hash = SHA256()
    hash.update(data: Array(description.utf8))
    for path in files {
      guard let file = FileHandle(forReadingAtPath: path) else {
        throw Fault("\(path) cannot be read: name a file that is there and that you may read.")
      }
      defer { try? file.close() }
      while let block = try file.read(upToCount: 1 << 20), !block.isEmpty { hash.update(data: block) }
    }
    return hash.finalize().hexadecimal
  }
}

extension StateFolder {
  /// Where a load of this name keeps its place.
  func loadPlace(_ name: String) -> String { "\(path)/loads/\(name).json" }
}
