import Foundation
import FuzzTargets
import Testing

/// What reads bytes of strangers stands whatever they are: the corpus, and mutations of it made with a seed.
///
/// The targets below the services are given to libFuzzer for longer by Tests/Faults/test_fuzz.py. ECRM_FUZZ_INPUTS sets
/// how many inputs each target is given here.
struct MutationTests {
  private static let inputs = ProcessInfo.processInfo.environment["ECRM_FUZZ_INPUTS"].flatMap { Int($0) } ?? 10_000

  @Test(arguments: FuzzTarget.allCases)
  func `no input brings a reader down`(target: FuzzTarget) throws {
    // Reading a table takes a file.
    try Self.withstand(target.rawValue, target == .table ? Self.inputs / 10 : Self.inputs, target.fault)
  }

  @Test(arguments: ServiceTarget.allCases)
  func `no input brings a service's reader down`(target: ServiceTarget) throws {
    // A call is one of an envelope.
    try Self.withstand(target == .call ? "envelope" : target.rawValue, Self.inputs, target.fault)
  }

  private static func withstand(_ name: String, _ count: Int, _ fault: ([UInt8]) -> String?) throws {
    let corpus = try corpus(of: name)
    try #require(!corpus.isEmpty)
    for input in corpus { #expect(fault(input) == nil, "\(String(decoding: input, as: UTF8.self))") }
    var generator = SplitMix64(state: 1)
    for _ in 0..<count {
      let input = mutation(of: corpus, using: &generator)
      if let fault = fault(input) { Issue.record("\(fault): \(Data(input).base64EncodedString())") }
    }
  }

  private static func corpus(of name: String) throws -> [[UInt8]] {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fuzz/Corpus/\(name)")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    return try names.map { Array(try Data(contentsOf: folder.appendingPathComponent($0))) }
  }

  /// One input with pieces of itself or of another put in, cut out, doubled or changed.
  private static func mutation(of corpus: [[UInt8]], using generator: inout SplitMix64) -> [UInt8] {
    var input = corpus.randomElement(using: &generator) ?? []
    for _ in 0..<Int.random(in: 1...4, using: &generator) {
      let other = corpus.randomElement(using: &generator) ?? []
      let place = Int.random(in: 0...input.count, using: &generator)
      let end = min(input.count, place + Int.random(in: 0...16, using: &generator))
      switch Int.random(in: 0..<5, using: &generator) {
      case 0: input.replaceSubrange(place..<end, with: [UInt8.random(in: 0...255, using: &generator)])
      case 1: input.removeSubrange(place..<end)
      case 2: input.insert(contentsOf: input[place..<end], at: place)
      case 3: input.replaceSubrange(place..<end, with: pieces.randomElement(using: &generator)?.utf8.map { $0 } ?? [])
      default:
        let from = Int.random(in: 0...other.count, using: &generator)
        input.replaceSubrange(place..<end, with: other[from..<min(other.count, from + 32)])
      }
    }
    return input
  }

  private static let pieces = [
    "\"", "\\", "\\u0000", "\\ud800", "{", "}", "[", "]", ",", ":", "null", "true", "1e400", "-0", "0.1",
    "9223372036854775808", "\u{feff}",
    "\u{0}", "\r\n", "\n", "é", "\u{1F600}", "_meta", "customer", "9999-12-31T23:59:59Z",
    "0001-01-01T00:00:00Z", "2026-02-30", "\"\"", "{}", "[]",
  ]

  private struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var value = state
      value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
      value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
      return value ^ value >> 31
    }
  }
}
