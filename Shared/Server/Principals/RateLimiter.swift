import Synchronization

/// Whether a rate limit had room.
public enum TakeResult: Hashable, Sendable {
  case granted
  /// Nothing was taken; trying again makes sense after this time.
  case refused(retryAfterSeconds: Int)
}

/// Token buckets by key, in bounded memory.
public struct RateLimiter: Sendable {
  private struct Bucket {
    var tokens: Double
    var at: ContinuousClock.Instant
    var rate: RateLimits.Rate

    func tokens(at now: ContinuousClock.Instant) -> Double {
      min(rate.burst, tokens + max(0, (now - at) / .seconds(1)) * rate.perSecond)
    }
  }

  private final class Buckets: Sendable {
    let byKey = Mutex<[String: Bucket]>([:])
  }

  private let buckets = Buckets()
  private let maximumKeys: Int

  public init(maximumKeys: Int = 50_000) {
    self.maximumKeys = maximumKeys
  }

  /// Takes `count` calls from the key's bucket, all of them or none.
  public func take(
    _ count: Int, from key: String, rate: RateLimits.Rate, now: ContinuousClock.Instant = .now
  ) -> TakeResult {
    buckets.byKey.withLock { byKey in
      let known = byKey[key]
      var bucket = known ?? Bucket(tokens: rate.burst, at: now, rate: rate)
      bucket.rate = rate
      bucket.tokens = bucket.tokens(at: now)
      bucket.at = now
      let missing = Double(count) - bucket.tokens
      if missing <= 0 { bucket.tokens -= Double(count) }
      if known == nil, byKey.count >= maximumKeys { Self.makeRoom(in: &byKey, now: now) }
      byKey[key] = bucket
      guard missing > 0 else { return .granted }
      return .refused(retryAfterSeconds: max(1, Int((missing / rate.perSecond).rounded(.up))))
    }
  }

  /// A full bucket says nothing, so it can go; when all keys are busy the memory's bound is worth more than their past.
  private static func makeRoom(in byKey: inout [String: Bucket], now: ContinuousClock.Instant) {
    let count = byKey.count
    byKey = byKey.filter { $0.value.tokens(at: now) < $0.value.rate.burst }
    if byKey.count > count / 2 { byKey.removeAll() }
  }
}

/// The rate limit of one caller, for the calls of one request.
public struct CallerLimiter: Sendable {
  private let limiter: RateLimiter
  private let key: String
  private let rate: RateLimits.Rate?
  private let alreadyTaken: Int

  init(limiter: RateLimiter, key: String, rate: RateLimits.Rate?, alreadyTaken: Int) {
    self.limiter = limiter
    self.key = key
    self.rate = rate
    self.alreadyTaken = alreadyTaken
  }

  /// A limiter that grants everything, for callers inside the process.
  public static let unlimited = CallerLimiter(limiter: RateLimiter(), key: "", rate: nil, alreadyTaken: 0)

  /// Takes the calls of a request, all of them or none; to be asked once a request, with the number of its calls.
  public func take(_ count: Int) -> TakeResult {
    guard let rate, count > alreadyTaken else { return .granted }
    return limiter.take(count - alreadyTaken, from: key, rate: rate)
  }
}
