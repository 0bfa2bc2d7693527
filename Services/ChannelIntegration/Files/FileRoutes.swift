import Crypto
import CustomerBase
import JSON
import Models
import Postgres
import Server

/// `PUT /uploads`, and where the files of imports and exports are fetched.
func fileRoutes(_ endpoint: ServiceEndpoint) -> [HTTPRoute] {
  [
    HTTPRoute(
      method: .put, path: "/uploads", maximumBytes: 100 << 20,
      admit: { endpoint.refusal(of: $0, calling: StartImport.self) }
    ) { request async throws(Refusal) in
      try await receive(request, endpoint)
    },
    HTTPRoute(
      method: .get, path: "/imports/{job}/errors", admit: { endpoint.refusal(of: $0, calling: StartImport.self) }
    ) { request async throws(Refusal) in
      try await answer(request, endpoint, .errors) { job, database in
        try await database.first("SELECT errors FROM channel_integration.imports WHERE job = \(job)")
      }
    },
    HTTPRoute(
      method: .get, path: "/exports/{job}", admit: { endpoint.refusal(of: $0, calling: StartExport.self) }
    ) { request async throws(Refusal) in
      try await answer(request, endpoint, .export) { job, database in
        try await database.first("SELECT file FROM channel_integration.exports WHERE job = \(job)")
      }
    },
  ]
}

/// Takes an upload, a part at a time, each in a short transaction; one that breaks off is forgotten after an hour.
private func receive(_ request: StreamedRequest, _ endpoint: ServiceEndpoint) async throws(Refusal) -> RouteAnswer {
  let caller = request.caller
  let id: ID<Upload> = endpoint.ids.make()
  try await endpoint.write(as: StartImport.self, for: caller) { base in
    StoredFile.begin(
      id, .upload, of: base.author.actor, mediaType: request.header("Content-Type") ?? "application/octet-stream",
      in: base)
  }
  var hash = SHA256()
  var count = 0
  var part: [UInt8] = []
  func keep() async throws(Refusal) {
    let (content, start) = (part, count)
    try await endpoint.write(as: StartImport.self, for: caller) { base in
      do {
        try await StoredFile.append(content, to: id, at: start, in: base)
      } catch is FileGone {
        throw Refusal.unavailable("The upload was removed while it came, because somebody was erased.")
      }
    }
    count += part.count
    part.removeAll(keepingCapacity: true)
  }
  try await request.forEachPart { bytes async throws(Refusal) in
    hash.update(data: bytes)
    part += bytes
    if part.count >= StoredFile.partBytes { try await keep() }
  }
  if !part.isEmpty { try await keep() }
  let digest = Array(hash.finalize())
  try await endpoint.write(as: StartImport.self, for: caller) { base in
    do {
      try await StoredFile.complete(id, sha256: digest, in: base)
    } catch is FileGone {
      throw Refusal.unavailable("The upload was removed while it came, because somebody was erased.")
    }
  }
  let receipt = UploadReceipt(upload: id, bytes: count, sha256: digest.hexadecimal)
  return RouteAnswer(status: 201, body: (try? encodeJSON(receipt)) ?? [])
}

/// What `PUT /uploads` answers.
struct UploadReceipt: Codable, Sendable {
  var upload: ID<Upload>
  var bytes: Int
  var sha256: String
}

/// The file of a job, streamed.
private func answer(
  _ request: StreamedRequest, _ endpoint: ServiceEndpoint, _ kind: StoredFile.Kind,
  _ find: @escaping @Sendable (ID<Job>, any Database) async throws -> ID<Upload>?
) async throws(Refusal) -> RouteAnswer {
  let (caller, now) = (request.caller, endpoint.now)
  guard let job = ID<Job>(request.name) else { throw .missing("The path names no job.") }
  let found = try await endpoint.read(for: caller) { database -> StoredFile? in
    guard let id = try await find(job, database) else { return nil }
    return try await StoredFile.find(id, kind, for: caller.principal, at: now, in: database)
  }
  guard let file = found else {
    throw .missing("The job has no such file: it is not done, there was nothing to write, or it was forgotten.")
  }
  let name = "\(kind.rawValue)-\(job).\(file.mediaType.hasPrefix("text/csv") ? "csv" : "jsonl")"
  return RouteAnswer(
    status: 200, body: [], contentType: file.mediaType,
    headers: [("Content-Disposition", "attachment; filename=\"\(name)\"")],
    stream: RouteStream(byteCount: file.bytes) { start in
      try await endpoint.read(for: caller) { try await file.part(from: start, in: $0) }
    })
}
