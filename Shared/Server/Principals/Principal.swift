/// Whoever a verified token speaks for.
public struct Principal: Hashable, Sendable {
  public let issuer: String
  public let subject: String
  /// Names the principal for idempotency and rate limits, the same for all of its tokens.
  public let key: String
  public var role: Role
  /// Granted scopes, as `leads:read`; nil grants all, which only staff can have.
  public var scopes: Set<String>?
  /// The customer a token of the role `customer` speaks for.
  public var customer: String?
  /// The token's `jti`.
  public var tokenID: String?

  public init(
    issuer: String, subject: String, role: Role, scopes: Set<String>? = nil, customer: String? = nil,
    tokenID: String? = nil
  ) {
    self.issuer = issuer
    self.subject = subject
    key = "\(issuer)|\(subject)"
    self.role = role
    self.scopes = scopes
    self.customer = customer
    self.tokenID = tokenID
  }
}

/// What kind of caller a principal is.
public enum Role: String, CaseIterable, Codable, Sendable {
  /// People of the organisation.
  case staff
  /// Partners in the extranet, with granted scopes only.
  case partner
  /// One customer, for their own data.
  case customer
  /// Integrations, with granted scopes only.
  case service
  /// A site's write key, which may only collect.
  case site
}
