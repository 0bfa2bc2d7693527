/// How long to wait before another attempt to connect: from 0.05 to 1 s, with jitter so that processes do not come
/// all at once.
struct Backoff {
  private(set) var attempts = 0

  mutating func next() -> Duration {
    let longest = min(1000, 50 << min(attempts, 5))
    attempts += 1
    return .milliseconds(Int.random(in: longest / 2...longest))
  }

  mutating func reset() {
    attempts = 0
  }
}
