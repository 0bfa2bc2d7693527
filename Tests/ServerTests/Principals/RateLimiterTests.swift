import Testing

@testable import Server

@Suite struct RateLimiterTests {
  let start = ContinuousClock.now
  let rate = RateLimits.Rate(perSecond: 10)

  @Test func `a burst is granted, then the rate`() {
    let limiter = RateLimiter()
    for _ in 0..<20 { #expect(limiter.take(1, from: "a", rate: rate, now: start) == .granted) }
    #expect(limiter.take(1, from: "a", rate: rate, now: start) == .refused(retryAfterSeconds: 1))
    #expect(limiter.take(1, from: "b", rate: rate, now: start) == .granted)
    #expect(limiter.take(1, from: "a", rate: rate, now: start + .milliseconds(99)) == .refused(retryAfterSeconds: 1))
    #expect(limiter.take(1, from: "a", rate: rate, now: start + .milliseconds(101)) == .granted)
    #expect(limiter.take(20, from: "a", rate: rate, now: start + .seconds(60)) == .granted)
  }

  @Test func `what does not fit takes nothing`() {
    let limiter = RateLimiter()
    #expect(limiter.take(15, from: "a", rate: rate, now: start) == .granted)
    #expect(limiter.take(6, from: "a", rate: rate, now: start) == .refused(retryAfterSeconds: 1))
    #expect(limiter.take(5, from: "a", rate: rate, now: start) == .granted)
    #expect(limiter.take(50, from: "a", rate: rate, now: start) == .refused(retryAfterSeconds: 5))
  }

  @Test func `many keys stay within the memory`() {
    let limiter = RateLimiter(maximumKeys: 100)
    #expect(limiter.take(20, from: "busy", rate: rate, now: start) == .granted)
    for key in 0..<90 { _ = limiter.take(1, from: "\(key)", rate: rate, now: start) }
    for key in 0..<30 { _ = limiter.take(1, from: "later \(key)", rate: rate, now: start + .milliseconds(500)) }
    let now = start + .milliseconds(500)
    #expect(limiter.take(10, from: "busy", rate: rate, now: now) == .refused(retryAfterSeconds: 1))
  }

  @Test func `a batch counts its calls and is refused whole`() async throws {
    try await withServer(rateLimits: RateLimits(roles: [:], anonymous: .init(perSecond: 1, burst: 40))) {
      server async throws in
      #expect(try await server.send(body: "batch").status == 200)
      let refused = try await server.send(body: "batch")
      #expect(refused.status == 429)
      #expect(refused.headers["retry-after"] == "20" || refused.headers["retry-after"] == "21")
      #expect(try await server.send(body: "batch", authorized: true).status == 200)
    }
  }

  @Test func `addresses count by network and through trusted proxies only`() throws {
    let addresses = CallerAddresses(trustedProxies: ["10.0.0.0/8", "fd00::1"].compactMap(AddressNetwork.init))
    #expect(addresses.trustedProxies.count == 2)
    func key(_ peer: String, _ forwarded: String...) throws -> String {
      addresses.key(of: Connection(peerAddress: try .init(ipAddress: peer, port: 1)), forwardedFor: forwarded)
    }
    #expect(try key("192.0.2.7") == "192.0.2.7")
    #expect(try key("192.0.2.7", "198.51.100.1") == "192.0.2.7")
    #expect(try key("10.1.2.3", "203.0.113.9, 198.51.100.1") == "198.51.100.1")
    #expect(try key("10.1.2.3", "198.51.100.1", "10.9.9.9") == "198.51.100.1")
    #expect(try key("10.1.2.3", "nonsense") == "10.1.2.3")
    #expect(try key("2001:db8:1:2:3:4:5:6") == "2001:db8:1:2::/64")
    #expect(try key("2001:db8:1:2:ffff::1") == "2001:db8:1:2::/64")
    #expect(try key("::ffff:192.0.2.7") == "192.0.2.7")
    #expect(try key("fd00::1", "2001:db8::1") == "2001:db8:0:0::/64")
    #expect(AddressNetwork("10.0.0.0/33") == nil)
    #expect(AddressNetwork("host/8") == nil)
  }
}
