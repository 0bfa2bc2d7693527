/// Where the transport listens, with which certificate, for whom and within which limits.
public struct TransportSettings: Sendable {
  /// Name of the service, a label of its metrics.
  public var service: String
  /// Version of the service, a label of `build_info`.
  public var version: String
  public var host: String
  /// Port of the calls; 0 takes a free one.
  public var port: Int
  public var adminHost: String
  /// Port of health and metrics; 0 takes a free one.
  public var adminPort: Int
  /// PEM file of the certificate and those between it and its authority.
  public var certificatePath: String
  /// PEM file of the certificate's private key.
  public var keyPath: String
  /// PEM file of the authorities whose client certificates are asked for; nil asks for none.
  public var clientAuthorityPath: String?
  /// Who has to show a certificate where they are asked for.
  public var clientCertificates = ClientCertificateRule.required
  /// Origins whose pages may call the service, compared exactly.
  public var allowedOrigins: Set<String>
  /// Networks whose `X-Forwarded-For` is believed, as `10.0.0.0/8` or a single address: the edge's.
  public var trustedProxies: [String]
  public var limits: TransportLimits
  public var rateLimits: RateLimits
  /// How long the service goes on serving after it stopped being ready, so that callers learn of it first.
  public var drainSeconds: Double
  /// How long calls in flight may still take after that.
  public var stopSeconds: Double
  /// How often the files of certificates and of the clients' allow list are looked at again.
  public var reloadSeconds: Double

  public init(
    service: String, version: String, host: String, port: Int, adminHost: String, adminPort: Int,
    certificatePath: String, keyPath: String, clientAuthorityPath: String? = nil, allowedOrigins: Set<String> = [],
    trustedProxies: [String] = [], limits: TransportLimits = TransportLimits(), rateLimits: RateLimits = RateLimits(),
    drainSeconds: Double = 2, stopSeconds: Double = 25, reloadSeconds: Double = 5
  ) {
    self.service = service
    self.version = version
    self.host = host
    self.port = port
    self.adminHost = adminHost
    self.adminPort = adminPort
    self.certificatePath = certificatePath
    self.keyPath = keyPath
    self.clientAuthorityPath = clientAuthorityPath
    self.allowedOrigins = allowedOrigins
    self.trustedProxies = trustedProxies
    self.limits = limits
    self.rateLimits = rateLimits
    self.drainSeconds = drainSeconds
    self.stopSeconds = stopSeconds
    self.reloadSeconds = reloadSeconds
  }
}

/// The limits that keep slow and greedy clients from taking a service away from the others.
public struct TransportLimits: Sendable {
  /// From the connection to the end of the TLS handshake.
  public var handshakeSeconds = 10.0
  /// From the first byte of a request to the end of its headers.
  public var headerSeconds = 10.0
  /// The longest pause within a body, and the time after which its rate is judged.
  public var bodyIdleSeconds = 10.0
  /// The slowest body.
  public var bodyBytesPerSecond = 1024
  /// From the first byte of an answer to its last, and of one in parts from the first byte of each.
  public var answerSeconds = 60.0
  /// How long a connection without a request stays open.
  public var idleSeconds = 60.0
  /// All headers of a request together.
  public var headerBytes = 16 * 1024
  public var headerCount = 100
  /// The largest body of a caller with a token.
  public var bodyBytes = 5 * 1024 * 1024
  /// The largest body of a caller without one.
  public var anonymousBodyBytes = 64 * 1024
  /// What is still read and dropped of a request that was answered before its end.
  public var drainBytes = 16 * 1024 * 1024
  public var drainSeconds = 5.0
  public var connections = 2000
  public var callsInFlight = 512

  public init() {}
}

/// Calls a second by who calls; nil is no limit.
public struct RateLimits: Sendable {
  /// A steady rate and what may come at once.
  public struct Rate: Hashable, Sendable {
    public var perSecond: Double
    public var burst: Double

    /// A rate whose burst is twice what a second allows.
    public init(perSecond: Double, burst: Double? = nil) {
      self.perSecond = perSecond
      self.burst = burst ?? 2 * perSecond
    }
  }

  /// By role; a role that is missing has no limit.
  public var roles: [Role: Rate]
  /// By address, for calls without a token.
  public var anonymous: Rate?

  public init(
    roles: [Role: Rate] = [.site: Rate(perSecond: 100), .customer: Rate(perSecond: 20)],
    anonymous: Rate? = Rate(perSecond: 10)
  ) {
    self.roles = roles
    self.anonymous = anonymous
  }
}
