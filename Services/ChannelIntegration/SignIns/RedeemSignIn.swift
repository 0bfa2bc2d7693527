import CustomerBase
import Models
import Postgres
import Server

/// Gives the token that a sign-in link stands for, once. Needs no token: the link's code is the proof.
///
/// Codes are made by `ecrm sign-in` and hold for minutes. A wrong code, a used one and an expired one are refused alike,
/// and an address may try ten times a minute. An idempotency key does not bring the token again.
struct RedeemSignIn: Secretive, LimitedByAddress {
  static let name = "signIns.redeem"
  static let access = Access.openWrite(.signIns)
  static let failures: [Failure] = [.notFound]
  static let ratePerAddress = RateLimits.Rate(perSecond: 10.0 / 60, burst: 10)

  /// The code, as it stands in the link after `#sign-in=`.
  var code: String

  static func example(in data: ExampleData) -> RedeemSignIn {
    RedeemSignIn(code: data.signInCode)
  }

  func run(_ call: Call) async throws -> SignedIn {
    // Of two who come at once the second waits for the first, and then finds nothing.
    let found = try await call.database.rows(
      """
      DELETE FROM channel_integration.sign_ins WHERE code_hash = \(SealedToken.hash(of: code)) AND expires_at > \(call.now)
      RETURNING sealed_token, token_id
      """)
    guard let row = found.first else { throw Failure.notFound.about("sign-in") }
    let (sealed, tokenID) = try row.decode([UInt8].self, String.self)
    let token = try SealedToken(codeHash: SealedToken.hash(of: code), sealed: sealed).open(with: code)
    call.customerBase.append([
      try JournalEntry(subject: nil, type: "signIn.redeemed", payload: ["tokenID": tokenID])
    ])
    return SignedIn(token: token)
  }
}

/// What a sign-in link gave.
struct SignedIn: Codable, Sendable {
  /// The bearer token, to be sent as `Authorization: Bearer` with every call.
  var token: String
}

/// Forgets links that nobody has used in time.
struct ForgetSignIns: Chore {
  static let name = "signIns.forget"
  static let everySeconds = 60

  static func run(in base: CustomerBase) async throws -> Bool {
    try await base.database.execute("DELETE FROM channel_integration.sign_ins WHERE expires_at <= \(base.now)")
    return false
  }
}
