import JSON
import JSONRPC
import Models

@testable import Server

/// How a call was refused.
public struct Refusal: Hashable, Sendable {
  public var code: Int
  public var type: String
  public var detail: String
  /// Where the params are wrong.
  public var paths: [String]
}

extension TestService {
  /// How a call is refused; nil where it is answered.
  public func refusal<M: Method>(of method: M, as principal: Principal = .staff) async throws -> Refusal? {
    do {
      _ = try await respond(to: method, as: principal)
      return nil
    } catch let error as RPCError {
      let data = try JSONDocument(parsing: error.data?.utf8 ?? []).root.decode(ErrorData.self)
      return Refusal(
        code: error.code.rawValue, type: data.type, detail: data.detail, paths: (data.errors ?? []).map(\.path))
    }
  }

  /// Starts a job, works until nothing waits, and answers how the job ended.
  public func finished<M: Method>(_ method: M) async throws -> Job where M.Output == JobReference {
    let job = try await call(method).job
    try await running.settle()
    return try await call("jobs.get", #"{"job":"\#(job)"}"#).decode(Job.self)
  }
}

extension Job {
  /// What the job answered.
  public func result<Result: Decodable>(as type: Result.Type = Result.self) throws -> Result {
    try JSONDocument(parsing: (result ?? .null).utf8).root.decode(type)
  }
}
