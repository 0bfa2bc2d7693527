import CustomerBase
import Models
import Server

/// Customers agree to a purpose, take it back, or object. It holds from the answer on.
struct RecordOwnConsent: Method {
  static let name = "self.consents.record"
  static let access = Access.own(.write)
  static let failures: [Failure] = [.notFound, .wrongState]

  /// Key of the purpose.
  var purpose: PurposeKey
  /// Channel it is about, as `email`; absent for all channels.
  var channel: Channel?
  /// Whether it is given or taken back.
  var state: ConsentDecision
  /// Version of the text that the customer has read, as `self.consents` told it; the latest when absent.
  var textVersion: Int?

  static func example(in _: ExampleData) -> RecordOwnConsent {
    RecordOwnConsent(purpose: .profiling, state: .withdrawn, textVersion: 1)
  }

  func run(_ call: Call) async throws -> ConsentRecord {
    let customer = try await call.ownCustomer()
    let basis = try await call.customerBase.purpose(purpose, textVersion: nil).basis
    guard basis.heedsThePerson else {
      throw Failure.wrongState.about("the purpose rests on \(basis.rawValue), which nobody's word changes")
    }
    return try await call.record(
      ToldConsent(
        profile: ID(customer), purpose: purpose.text, channel: channel?.text, state: state, textVersion: textVersion,
        evidence: RawJSON(wellFormed: #"{"by":"self"}"#)))
  }
}
