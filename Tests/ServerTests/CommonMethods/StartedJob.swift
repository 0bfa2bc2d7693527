import JSON
import Server
import TestSupport
import Testing

/// A job that a test started.
struct StartedJob {
  let id: String
  /// The params that name it.
  var params: String { #"{"job":"\#(id)"}"# }
}

/// A service whose methods start work.
func serviceWithWork() throws -> any SuiteService.Type {
  try #require(allServices.first { $0.name == "expansion" })
}

extension TestService {
  func startJob() async throws -> StartedJob {
    let answer = try await call("recommendations.train", #"{"signals":"orders"}"#)
    return StartedJob(id: try #require(answer["job"]?.string))
  }
}
