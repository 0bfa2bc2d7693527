import JSONRPC
import Models

/// What is asked of a method at each call, made once.
final class KnownMethod: Sendable {
  let name: String
  let entry: RPCMethodEntry<Call>
  let access: Access
  /// Whether the method takes many rows, so that its envelope may be larger.
  let isBulk: Bool
  /// What customers are asked about before a call about them runs.
  let askedPurpose: PurposeKey?
  /// How often one address may call the method, where that is limited.
  let ratePerAddress: RateLimits.Rate?
  let metrics: CallMetrics
  /// Codes of the errors that the method declares beside those of all methods.
  private let failures: Set<Int>

  init<M: Method>(_ method: M.Type) {
    name = method.name
    entry = RPCMethodEntry<Call>(method)
    access = method.access
    isBulk = method is any Bulk.Type
    askedPurpose = method.askedPurpose
    ratePerAddress = (method as? any LimitedByAddress.Type)?.ratePerAddress
    metrics = CallMetrics(method: method.name)
    failures = Set(method.ownFailures.map(\.code))
  }

  fileprivate func declares(_ failure: Failure) -> Bool { failures.contains(failure.code) }
}

extension KnownMethod? {
  /// What calls are logged under, those of all methods that do not exist together.
  var name: String { self?.name ?? CallMetrics.unknownMethod }

  /// Whether callers are told of such an error.
  func declares(_ failure: Failure) -> Bool {
    Failure.common.contains(failure.code) || self?.declares(failure) == true
  }
}
