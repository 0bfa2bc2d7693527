import Foundation

/// A load under way: sends the parts of its phases, a few at a time, and keeps its place after each.
///
/// It may end anywhere, killed included: the next one with the same identity goes on at the first part that was not
/// acknowledged, with the same idempotency keys, so that a part whose answer was lost does not count twice.
struct Loading {
  /// Calls under way at once.
  static let concurrency = 4

  let identity: String
  /// The file that holds the place.
  let placePath: String
  /// Calls a method with params under a key, as often as it takes.
  let send: @Sendable (_ part: LoadPart, _ idempotencyKey: String) async throws -> [UInt8]
  /// Makes what shows how far a phase has come.
  var progress: (_ title: String, _ total: Int, _ done: Int) -> ProgressBar = { title, total, done in
    ProgressBar(title: title, total: total, done: done)
  }

  /// Sends everything that is left, and tells what became of the rows of each phase, those of earlier runs included.
  func run(_ phases: [LoadPhase]) async throws -> [LoadTally] {
    try Files.makeFolder(URL(fileURLWithPath: placePath).deletingLastPathComponent().path, mode: 0o700)
    var place = LoadPlace.read(placePath, identity: identity) ?? LoadPlace(identity: identity)
    var begun = 0
    for (index, phase) in phases.enumerated() {
      while place.tallies.count <= index { place.tallies.append(LoadTally()) }
      try await send(phase, number: index, startingAt: &begun, &place)
    }
    try removePlace()
    return place.tallies
  }

  /// Removes the place, and what a run that was killed while it wrote the place has left beside it.
  private func removePlace() throws {
    let place = URL(fileURLWithPath: placePath)
    let folder = place.deletingLastPathComponent().path
    for name in try FileManager.default.contentsOfDirectory(atPath: folder)
    where name == place.lastPathComponent || name.hasPrefix(place.lastPathComponent + ".") {
      unlink("\(folder)/\(name)")
    }
  }

  private func send(
    _ phase: LoadPhase, number: Int, startingAt begun: inout Int, _ place: inout LoadPlace
  ) async throws {
    var parts = LoadParts(phase)
    var done = 0
    while begun < place.parts, let part = try parts.next() {
      done += part.rows
      begun += 1
    }
    let bar = progress(phase.title, phase.count, done)
    defer { bar.finish() }
    try await withThrowingTaskGroup(of: (part: Int, rows: Int, tally: LoadTally).self) { group in
      var waiting: [Int: LoadTally] = [:]
      for _ in 0..<Self.concurrency {
        if let part = try parts.next() { add(part, number: &begun, place, to: &group) }
      }
      while let answered = try await group.next() {
        if let part = try parts.next() { add(part, number: &begun, place, to: &group) }
        waiting[answered.part] = answered.tally
        let before = place.parts
        while let tally = waiting.removeValue(forKey: place.parts) {
          place.parts += 1
          place.tallies[number] += tally
        }
        if place.parts > before { try place.write(placePath) }
        bar.advance(by: answered.rows)
      }
    }
  }

  private func add(
    _ part: LoadPart, number: inout Int, _ place: LoadPlace,
    to group: inout ThrowingTaskGroup<(part: Int, rows: Int, tally: LoadTally), any Error>
  ) {
    let (send, key, own) = (send, place.idempotencyKey(ofPart: number), number)
    group.addTask {
      let answer = try await send(part, key)
      return (own, part.rows, try LoadTally(answer: answer, to: part))
    }
    number += 1
  }
}
