import JSONRPC
import Models

extension Noun {
  static let rpc = Noun(rawValue: "rpc")
  static let jobs = Noun(rawValue: "jobs")
}

/// Answers the service's contract, an OpenRPC 1.3.2 document: every method with its params, result, errors and an
/// example.
struct Discover: Method {
  static let name = "rpc.discover"
  static let access = Access.open(.rpc)

  static func example(in _: ExampleData) -> Discover { Discover() }

  func run(_ call: Call) async throws -> RawJSON {
    RawJSON(wellFormed: call.service.contract)
  }
}
