import HTTPTypes
import JSON
import Logging
import Models
import Postgres
import Testing
import TestSupport

@testable import ChannelIntegration
@testable import CustomerBase
@testable import Server

/// Files as tests send and fetch them; the routes' way through the transport is the transport's tests' matter.
extension TestService {
  /// Keeps a file as `PUT /uploads` does, in parts of so many bytes.
  func upload(_ text: String, partBytes: Int = 1000, by principal: Principal = .staff) async throws -> ID<Upload> {
    let (bytes, id) = (Array(text.utf8), ids.make(Upload.self))
    let author = Author(service: "channel-integration", method: "imports.start", actor: principal.key)
    try await database.transaction { transaction in
      let base = CustomerBase(database: transaction, now: clock.now, ids: ids, author: author)
      StoredFile.begin(id, .upload, of: principal.key, mediaType: "text/csv", in: base)
      for start in stride(from: 0, to: bytes.count, by: partBytes) {
        try await StoredFile.append(
          Array(bytes[start..<min(start + partBytes, bytes.count)]), to: id, at: start, in: base)
      }
      try await StoredFile.complete(id, in: base)
    }
    return id
  }

  /// The result of a job, once its work is done.
  func result<Result: Decodable>(of job: ID<Job>, as type: Result.Type = Result.self) async throws -> Result {
    try await running.settle()
    let done = try await call("jobs.get", #"{"job": "\#(job)"}"#)
    #expect(done["state"]?.string == "succeeded", "\(String(decoding: done.rawBytes, as: UTF8.self))")
    return try #require(done["result"]).decode(Result.self)
  }

  /// The routes, called without a transport.
  func fetch(_ path: String, job: ID<Job>, as principal: Principal = .staff) async throws -> String {
    let verifier = TokenVerifier(
      keysPath: "/nonexistent", rules: TokenVerifier.Rules(issuers: ["ecrm"]),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    let routes = ChannelIntegrationService.routes(ServiceEndpoint(calls: running.calls, verifier: verifier))
    let route = try #require(routes.first { $0.path == path })
    let caller = Caller(
      principal: principal, address: "127.0.0.1", requestID: "test", trace: TraceContext(), idempotencyKey: nil,
      limiter: .unlimited)
    if let refusal = route.admit?(caller) { throw refusal }
    guard case .streamed(let handle) = route.handling else { throw Failure.notFound }
    let answer = try await handle(
      StreamedRequest(
        headers: [:], query: nil, caller: caller, name: "\(job)", declaredBytes: nil, body: nil, maximumBytes: 0))
    let stream = try #require(answer.stream)
    var bytes: [UInt8] = []
    while bytes.count < stream.byteCount { bytes += try await stream.part(bytes.count) }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension ImportResult {
  /// New, changed, duplicate, rejected.
  var counts: [Int] { [new, changed, duplicate, rejected] }
}
