import CustomerBase
import Models
import Postgres
import Server

/// What customers' data are used for, what each purpose rests on, and what the customer has said of it.
struct OwnConsents: Method {
  static let name = "self.consents"
  static let access = Access.own(.snapshot)
  static let failures: [Failure] = [.notFound]

  /// Language of the texts, as `de-AT`; English where a purpose has none in it.
  var locale: LocaleTag?

  static func example(in _: ExampleData) -> OwnConsents { OwnConsents(locale: LocaleTag(fixed: "en-GB")) }

  func run(_ call: Call) async throws -> OwnPurposes {
    let customer = try await call.ownCustomer()
    let rows = try await call.database.rows(
      """
      SELECT p.key, p.basis, \(CustomerBase.text("t.texts", for: locale)), t.version::int8, w.channel, w.state,
        w.recorded_at
      FROM base.purposes p
      JOIN base.purpose_texts t ON t.purpose = p.key AND t.version = p.text_version
      LEFT JOIN LATERAL (
        SELECT DISTINCT ON (r.channel) r.channel, r.state, r.recorded_at
        FROM base.members m JOIN base.consents r ON r.profile = m.profile
        WHERE m.customer = \(customer) AND r.purpose = p.key
        ORDER BY r.channel, r.recorded_at DESC, r.state DESC
      ) w ON true
      ORDER BY p.key COLLATE "C", w.channel COLLATE "C" NULLS FIRST
      """)
    var purposes: [OwnPurpose] = []
    for row in rows {
      let (key, basis, text, version, channel, state, at) = try row.decode(
        String.self, String.self, String.self, Int.self, String?.self, String?.self, Timestamp?.self)
      guard let basis = LegalBasis(rawValue: basis) else { throw Failure.notFound.about("purpose") }
      let decision = state.flatMap(ConsentDecision.init)
      if purposes.last?.purpose.text != key {
        let verdict = ConsentVerdict(basis, channel == nil ? decision : nil, at: at)
        purposes.append(
          OwnPurpose(
            purpose: PurposeKey(normal: key), text: text, textVersion: version, basis: basis, allowed: verdict.allowed,
            reason: verdict.reason, since: verdict.recordedAt, canDecide: basis.heedsThePerson, channels: []))
      }
      guard let channel, let decision, let at else { continue }
      purposes[purposes.count - 1].channels.append(OwnDecision(channel: channel, state: decision, since: at))
    }
    return OwnPurposes(items: purposes)
  }
}

/// What a customer's data are used for.
struct OwnPurposes: Codable, Sendable {
  /// Every purpose, by key.
  var items: [OwnPurpose]
}

/// A purpose, as one customer stands to it.
struct OwnPurpose: Codable, Sendable {
  /// Key of the purpose.
  var purpose: PurposeKey
  /// What people are told of it.
  var text: String
  /// Version of the text.
  var textVersion: Int
  /// Legal basis of the purpose.
  var basis: LegalBasis
  /// Whether it may be served on all channels.
  var allowed: Bool
  /// Why, as `consents.check` says it.
  var reason: String
  /// When the record was made that decides for all channels; absent without one.
  var since: Timestamp?
  /// Whether the customer's word decides.
  var canDecide: Bool
  /// What the customer has said of single channels. Of a channel and of all channels, the later word decides.
  var channels: [OwnDecision]
}

/// A customer's latest word on one channel.
struct OwnDecision: Codable, Sendable {
  /// The channel.
  var channel: String
  /// Whether it was given or taken back.
  var state: ConsentDecision
  /// When it was recorded.
  var since: Timestamp
}
