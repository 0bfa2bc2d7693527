import CustomerBase
import JSON
import Logging
import Models
import Postgres

/// Takes a service's jobs one after another and carries them out.
struct JobWorker: Sendable {
  let service: any SuiteService.Type
  let pool: PostgresPool
  let clock: @Sendable () -> Timestamp
  let ids: IDGenerator
  var privacy: PrivacyMeans = .none
  let logger: Logger
  let wake: Wake

  /// Looks for jobs until it is cancelled; an error of the database is waited out.
  func run() async {
    while !Task.isCancelled {
      let heard = wake.count
      do {
        if try await runNext() { continue }
      } catch is CancellationError {
        return
      } catch {
        logger.error("jobs cannot be taken: \(error)")
      }
      await wake.wait(after: heard, atMost: .milliseconds(250))
      // Commits come by the thousand, and few of them start a job.
      try? await Task.sleep(for: .milliseconds(20))
    }
  }

  /// Carries out the earliest job that can be had; false when there is none.
  func runNext() async throws -> Bool {
    let open = try await CustomerBase.openJobs(of: service.name, in: pool.shared)
    for job in open {
      let isDone = try await pool.connection { connection in
        guard try await CustomerBase.hold(job, on: connection) else { return false }
        let isDone: Bool
        do {
          isDone = try await attempt(job)
        } catch {
          try? await CustomerBase.release(job, on: connection)
          throw error
        }
        try await CustomerBase.release(job, on: connection)
        return isDone
      }
      if isDone { return true }
    }
    return false
  }

  private func attempt(_ id: ID<Job>) async throws -> Bool {
    let begun = try await pool.transaction { try await CustomerBase.begin(id, in: $0) }
    guard let job = begun else { return false }
    guard let work = service.works.first(where: { $0.name == job.name }) else {
      try await fail(job, JobFailure(type: "internal_error", message: "This version knows no such work."))
      return true
    }
    do {
      try await carryOut(work, job)
    } catch let failure as Failure {
      try await fail(job, JobFailure(type: failure.type, message: failure.detail ?? failure.message))
    } catch is CancellationError {
      if Task.isCancelled { throw CancellationError() }
    } catch let error as PostgresError where error.kind == .unavailable || error.kind == .unknownOutcome {
      // The job stays as it is: whoever takes it next finds out.
      throw error
    } catch {
      logger.error("job failed: \(error)", metadata: ["job": "\(job.job)", "work": "\(job.name)"])
      try await fail(job, JobFailure(type: "internal_error", message: "The work failed; the log says why."))
    }
    return true
  }

  private func carryOut<W: Work>(_ type: W.Type, _ job: TakenJob) async throws {
    let author = Author(service: service.name, method: job.name, actor: job.actor)
    let work = try JSONDocument(parsing: job.params.utf8).root.decode(type)
    let now = clock()
    let outcome = try await work.run(JobRun(job: job, now: now, pool: pool, ids: ids, author: author, privacy: privacy))
    let result = RawJSON(wellFormed: try encodeJSON(outcome.result))
    try await pool.transaction(statementTimeout: .seconds(120)) { transaction in
      let base = CustomerBase(database: transaction, now: clock(), ids: ids, author: author, privacy: privacy)
      base.shareErasureLock()
      try await outcome.effect(base)
      guard try await CustomerBase.finish(job, result: result, at: clock(), in: transaction) else {
        throw CancellationError()
      }
    }
  }

  private func fail(_ job: TakenJob, _ failure: JobFailure) async throws {
    let error = RawJSON(wellFormed: try encodeJSON(failure))
    try await pool.transaction { try await CustomerBase.fail(job, error: error, at: clock(), in: $0) }
  }
}
