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
  /// What for: the key of a purpose, as `marketing`.
  var purpose: String
  /// Channel it is about, as `email`; absent for all channels.
  var channel: Channel?
  /// Whether it was given or taken back.
  var state: ConsentDecision
  /// Legal basis, as `consent` or `contract`; that of the purpose when absent.
  var basis: Reason?
  /// Version of the purpose's text that the person read; the latest when absent.
  var textVersion: Int?
  /// Proof of it: form, recording, address.
  var evidence: RawJSON?

  static func example(in data: ExampleData) -> RecordConsent {
    RecordConsent(
      customer: data.ada, purpose: "marketing", channel: Channel(fixed: "email"), state: .granted,
      textVersion: 1, evidence: RawJSON(wellFormed: #"{"form":"newsletter"}"#))
  }

  func run(_ call: Call) async throws -> ConsentRecord {
    _ = try await call.customerBase.customer(of: customer)
    try await call.customerBase.requireNotErased([ID(customer)])
    return try await call.record(
      ToldConsent(
        profile: ID(customer), purpose: purpose, channel: channel?.text, state: state, basis: basis?.text,
        textVersion: textVersion, evidence: evidence))
  }
}

extension Call {
  /// Records what a person said of a purpose.
  func record(_ told: ToldConsent) async throws -> ConsentRecord {
    guard let record = try await customerBase.recordConsent(told) else {
      throw InvalidParam(path: "/params/textVersion", rule: "known", message: "is no version of the purpose's text")
    }
    touch([record.profile])
    return record
  }
}
