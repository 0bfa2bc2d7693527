import Models

/// Tells how far a job has come, and its result once it has succeeded.
struct GetJob: Method {
  static let name = "jobs.get"
  static let access = Access.read(.jobs)
  static let failures: [Failure] = [.notFound]

  /// The job, as the call that started it answered.
  var job: ID<Job>

  static func example(in data: ExampleData) -> GetJob { GetJob(job: data.job) }

  func run(_ call: Call) async throws -> Encoded<Job> {
    try await call.customerBase.job(job)
  }
}
