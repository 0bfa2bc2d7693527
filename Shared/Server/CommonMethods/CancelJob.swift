import Models

/// Cancels a job that has not ended. Work that is under way stops at its next step and leaves no trace.
struct CancelJob: Method {
  static let name = "jobs.cancel"
  static let access = Access.write(.jobs)
  static let failures: [Failure] = [.notFound, .wrongState]

  /// The job to cancel.
  var job: ID<Job>

  static func example(in data: ExampleData) -> CancelJob { CancelJob(job: data.queuedJob) }

  func run(_ call: Call) async throws -> Encoded<Job> {
    try await call.customerBase.cancel(job)
    return try await call.customerBase.job(job)
  }
}
