import CustomerBase
import Models

/// A method that tells, or lets be learnt, what a person's behaviour says of them: scores, forecasts, recommendations.
///
/// It serves the purpose `profiling` and so leaves out whoever refuses it. Of a method about one customer the customer is
/// asked before it runs, and it answers `consent_missing`; what reads many says so in its statements, by
/// `CustomerBase.serves`. That none of a refusing person's facts is in any of its answers is tried with every method that
/// conforms.
public protocol Profiling: Method {}

extension Method {
  /// The purpose that the customer is asked about before the call runs; nil when it is not.
  static var askedPurpose: PurposeKey? {
    Self.self is any Profiling.Type && Self.self is any AboutCustomer.Type ? .profiling : nil
  }

  /// The refusals of its own, also those that it answers by what it is.
  static var ownFailures: [Failure] { askedPurpose == nil ? failures : failures + [.consentMissing] }
}
