import Synchronization

/// Makes ids of UUID version 7 that only ever grow within a process.
///
/// The 48 bits of milliseconds are followed by 12 bits of the fraction of the millisecond (RFC 9562, method 3), then by
/// random bits; an id that would not exceed the last one is the last one counted up.
public final class IDGenerator: Sendable {
  private struct State: Sendable {
    var random: any RandomNumberGenerator & Sendable
    var high: UInt64 = 0
    var low: UInt64 = 0
  }

  private let state: Mutex<State>
  private let clock: @Sendable () -> Timestamp

  /// - Parameters:
  ///   - clock: tells the time that goes into the ids.
  ///   - random: fills the rest; a seeded one makes ids that repeat, for tests and examples.
  public init(
    clock: @escaping @Sendable () -> Timestamp,
    random: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
  ) {
    self.clock = clock
    self.state = Mutex(State(random: random))
  }

  public func make<Entity>(_: Entity.Type = Entity.self) -> ID<Entity> {
    let now = UInt64(max(0, clock().microsecondsSinceEpoch))
    let (milliseconds, microseconds) = now.quotientAndRemainder(dividingBy: 1000)
    let high = milliseconds << 16 | 0x7000 | microseconds * 4096 / 1000
    return state.withLock { state in
      if high > state.high {
        state.high = high
        state.low = Self.low(&state.random)
      } else if state.low > 0xbfff_ffff_f000_0000 {
        state.high += state.high & 0xfff == 0xfff ? 0x1_0000 - 0xfff : 1
        state.low = Self.low(&state.random)
      } else {
        state.low += 1 + state.random.next() >> 40
      }
      return ID(high: state.high, low: state.low)
    }
  }

  /// Variant 0b10 and 61 random bits: the one left clear gives room for counting up.
  private static func low(_ random: inout some RandomNumberGenerator) -> UInt64 {
    0x8000_0000_0000_0000 | random.next() >> 3
  }
}
