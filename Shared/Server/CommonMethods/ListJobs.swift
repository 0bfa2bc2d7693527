import Models

/// Lists the service's jobs, latest first.
struct ListJobs: Method {
  static let name = "jobs.list"
  static let access = Access.read(.jobs)

  /// Only jobs in this state.
  var state: JobState?
  /// Jobs on a page.
  var limit: Limit?
  /// Where the last page ended.
  var cursor: String?

  static func example(in _: ExampleData) -> ListJobs { ListJobs(state: .succeeded, limit: Limit(1)) }

  func run(_ call: Call) async throws -> Page<Encoded<Job>> {
    let limit = (limit ?? .standard).count
    let before = try Cursor<ID<Job>>.position(cursor, of: state)
    let jobs = try await call.customerBase.jobs(state: state, before: before, limit: limit + 1)
    return try Page(jobs, limit: limit, filter: state, position: \.job, item: { Encoded($0.json) })
  }
}
