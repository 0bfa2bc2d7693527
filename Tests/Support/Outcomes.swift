import JSON
import JSONRPC
import Models
import Postgres

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
    try await refusal(of: M.name, String(decoding: try encodeJSON(method), as: UTF8.self), as: principal)
  }

  /// How a call by name is refused; nil where it is answered.
  public func refusal(
    of method: String, _ params: String, as principal: Principal? = .staff
  ) async throws -> Refusal? {
    do {
      _ = try await call(method, params, as: principal)
      return nil
    } catch let error as RPCError {
      let data = try JSONDocument(parsing: error.data?.utf8 ?? []).root.decode(ErrorData.self)
      return Refusal(
        code: error.code.rawValue, type: data.type, detail: data.detail, paths: (data.errors ?? []).map(\.path))
    }
  }

  /// Moves the clock to the database's, for whose month there is a partition of events.
  public func followRealTime() async throws {
    let now: Timestamp = try await database.shared.one("SELECT now()")
    clock.advance(seconds: Int64(now.seconds(since: clock.now)))
  }

  /// Works until the follower has read the whole journal: a writing transaction of any other test holds it back.
  public func follow(_ follower: any Follower.Type) async throws {
    var isBehind = true
    while isBehind {
      try await running.follow()
      isBehind = try await database.shared.one(
        """
        SELECT EXISTS (
          SELECT FROM base.journal j WHERE (j.epoch, j.transaction, j.id) > (
            SELECT f.epoch, f.transaction, f.id FROM base.followers f WHERE f.name = \(follower.name)
          )
        )
        """)
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
