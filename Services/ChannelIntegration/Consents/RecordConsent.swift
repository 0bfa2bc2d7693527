import CustomerBase
import Models
import Server

/// Records that a customer agreed to something or took it back. Records are only added; the latest decides, at once.
struct RecordConsent: Method {
  static let name = "consents.record"
  static let access = Access.write(.consents)
  static let failures: [Failure] = [.notFound, .erased]

  /// The customer, by the profile that the consent was given under.
  var customer: ID<Customer>
  /// What for: `service`, `marketing` or `profiling`.
  var purpose: String
  /// Channel it is about, as `email`; absent for all channels.
  var channel: Channel?
  /// Whether it was given or taken back.
  var state: ConsentDecision
  /// Legal basis, as `consent` or `contract`.
  var basis: Reason
  /// Proof of it: text version, form, recording.
  var evidence: RawJSON?

  static func example(in data: ExampleData) -> RecordConsent {
    RecordConsent(
      customer: data.ada, purpose: "marketing", channel: Channel(fixed: "email"), state: .granted,
      basis: Reason(fixed: "consent"), evidence: RawJSON(wellFormed: #"{"form":"newsletter","textVersion":3}"#))
  }

  func run(_ call: Call) async throws -> ConsentRecord {
    _ = try await call.customerBase.customer(of: customer)
    try await call.customerBase.requireNotErased([ID(customer)])
    let record = ConsentRecord(
      consent: call.ids.make(), profile: ID(customer), purpose: purpose, channel: channel?.text, state: state,
      basis: basis.text, evidence: evidence, recordedAt: call.now)
    try await call.customerBase.recordConsent(record)
    call.touch([record.profile])
    return record
  }
}
