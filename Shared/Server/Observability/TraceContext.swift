import Synchronization

/// The place of a request in a distributed trace, after the W3C recommendation Trace Context.
public struct TraceContext: Hashable, Sendable {
  /// 32 hexadecimal digits, the same in all parts of the trace.
  public let traceID: String
  /// 16 hexadecimal digits: this request.
  public let spanID: String
  /// The caller's span, when it sent one.
  public let parentID: String?
  /// Whether the caller records the trace.
  public let isSampled: Bool

  /// Begins a trace.
  public init() {
    traceID = Self.random(digits: 32)
    spanID = Self.random(digits: 16)
    parentID = nil
    isSampled = false
  }

  /// Continues the trace of a `traceparent` header; nil when it is none.
  public init?(traceparent: String) {
    let parts = traceparent.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count >= 4, parts.allSatisfy(Self.isHexadecimal), parts[0].utf8.count == 2, parts[0] != "ff",
      parts[0] != "00" || parts.count == 4, parts[1].utf8.count == 32, parts[2].utf8.count == 16,
      parts[3].utf8.count == 2, parts[1].contains(where: { $0 != "0" }), parts[2].contains(where: { $0 != "0" }),
      let flags = UInt8(parts[3], radix: 16)
    else { return nil }
    traceID = String(parts[1])
    spanID = Self.random(digits: 16)
    parentID = String(parts[2])
    isSampled = flags & 1 == 1
  }

  /// The header for requests that this one causes.
  public var traceparent: String { "00-\(traceID)-\(spanID)-\(isSampled ? "01" : "00")" }

  /// Random lower-case hexadecimal digits, at most 16 at a time from one draw.
  static func random(digits: Int) -> String {
    var word: UInt64 = 0
    return String(unsafeUninitializedCapacity: digits) { text in
      for position in 0..<digits {
        // Never all zeros, which the recommendation forbids.
        if position % 16 == 0 { word = max(1, nextNumber()) }
        let digit = UInt8(truncatingIfNeeded: word >> 60)
        text[position] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") - 10 + digit
        word <<= 4
      }
      return digits
    }
  }

  private static let state = Atomic<UInt64>(.random(in: .min ... .max))

  /// Numbers that are spread evenly and need not be secret, without a call of the system for each: SplitMix64 of Steele,
  /// Lea and Flood, "Fast splittable pseudorandom number generators" (2014).
  private static func nextNumber() -> UInt64 {
    var number = state.wrappingAdd(0x9e37_79b9_7f4a_7c15, ordering: .relaxed).newValue
    number = (number ^ (number >> 30)) &* 0xbf58_476d_1ce4_e5b9
    number = (number ^ (number >> 27)) &* 0x94d0_49bb_1331_11eb
    return number ^ (number >> 31)
  }

  private static func isHexadecimal(_ text: Substring) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
  }
}
