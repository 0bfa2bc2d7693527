import CustomerBase
import Models
import Server

/// A purpose with what people are told of it, or were told by the text of an earlier version.
struct GetPurpose: Method {
  static let name = "purposes.get"
  static let access = Access.read(.purposes, also: [.customer])
  static let failures: [Failure] = [.notFound]

  /// Key of the purpose.
  var key: PurposeKey
  /// Version of the text, as a record of consent names it; the latest when absent.
  var textVersion: Int?

  static func example(in _: ExampleData) -> GetPurpose { GetPurpose(key: .profiling, textVersion: 1) }

  func run(_ call: Call) async throws -> Purpose {
    try await call.customerBase.purpose(key, textVersion: textVersion)
  }
}
