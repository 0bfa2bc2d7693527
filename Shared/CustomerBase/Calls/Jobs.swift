import Models
import Postgres

/// A job that a worker holds.
public struct TakenJob: Sendable {
  public let job: ID<Job>
  public let name: String
  public let params: RawJSON
  /// Counts the workers that took it; every write names it, so that one that lost the job changes nothing.
  public let attempt: Int
  public let actor: String
}

extension CustomerBase {
  /// Puts work into the queue of the author's service. Sent, not waited for.
  ///
  /// - Parameter profiles: Whom it is about, so that the job ends and is emptied when they are erased.
  public func enqueue(_ name: String, params: RawJSON, about profiles: [ID<Profile>] = []) -> ID<Job> {
    let job = ids.make(Job.self)
    _ = database.send(
      """
      INSERT INTO base.jobs (id, service, name, params, profiles, actor, created_at)
      VALUES (\(job), \(author.service), \(name), \(params), \(profiles), \(author.actor), \(now))
      """)
    return job
  }

  /// A job of the author's service.
  public func job(_ job: ID<Job>) async throws -> Encoded<Job> {
    let found: RawJSON? = try await database.first(
      "SELECT \(jobJSON) FROM base.jobs j WHERE j.id = \(job) AND j.service = \(author.service)")
    guard let found else { throw Failure.notFound.about("job") }
    return Encoded(found)
  }

  /// The service's jobs, latest first, before the given one; one more than asked for tells that there are others.
  public func jobs(state: JobState?, before: ID<Job>?, limit: Int) async throws -> [(job: ID<Job>, json: RawJSON)] {
    let rows = try await database.rows(
      """
      SELECT j.id, \(jobJSON) FROM base.jobs j
      WHERE j.service = \(author.service) AND (\(before)::uuid IS NULL OR j.id < \(before))
        AND (\(state?.rawValue)::text IS NULL OR j.state = \(state?.rawValue))
      ORDER BY j.id DESC LIMIT \(limit)
      """)
    return try rows.map { row in
      let (job, json) = try row.decode(ID<Job>.self, RawJSON.self)
      return (job, json)
    }
  }

  private var jobJSON: SQL {
    """
    json_strip_nulls(json_build_object(
      'job', j.id, 'name', j.name, 'state', j.state, 'progress', j.progress, 'error', j.error,
      'createdAt', base.rfc3339(j.created_at), 'finishedAt', base.rfc3339(j.finished_at), 'result', j.result))
    """
  }

  /// Those of the jobs that no worker has begun.
  public func waiting(_ jobs: [ID<Job>]) async throws -> Set<ID<Job>> {
    Set(try await database.all("SELECT id FROM base.jobs WHERE id = ANY (\(jobs)) AND state = 'queued'"))
  }

  /// Cancels a job that has not ended; its worker stops at its next report.
  ///
  /// - Throws: `notFound`, or `wrongState` when the job has ended.
  public func cancel(_ job: ID<Job>) async throws {
    let cancelled = try await database.execute(
      """
      UPDATE base.jobs SET state = 'cancelled', finished_at = \(now)
      WHERE id = \(job) AND service = \(author.service) AND state IN ('queued', 'running')
      """)
    if cancelled == 0 {
      _ = try await self.job(job)
      throw Failure.wrongState.about("the job has ended")
    }
  }

  /// Jobs of the service that wait for a worker, or whose worker may be gone; earliest first.
  public static func openJobs(of service: String, in database: any Database) async throws -> [ID<Job>] {
    try await database.all(
      "SELECT id FROM base.jobs WHERE service = \(service) AND state IN ('queued', 'running') ORDER BY id LIMIT 20")
  }

  /// Holds a job for as long as the connection lives or until `release`: a running job whose lock can be had lost its
  /// worker. A row lock held while working would stall every follower.
  public static func hold(_ job: ID<Job>, on connection: any Database) async throws -> Bool {
    try await connection.one("SELECT pg_try_advisory_lock(hashtextextended('job:' || \(job)::text, 0))")
  }

  public static func release(_ job: ID<Job>, on connection: any Database) async throws {
    try await connection.execute("SELECT pg_advisory_unlock(hashtextextended('job:' || \(job)::text, 0))")
  }

  /// Begins another attempt at a job that is held; nil when it has ended meanwhile.
  public static func begin(_ job: ID<Job>, in database: any Database) async throws -> TakenJob? {
    let rows = try await database.rows(
      """
      UPDATE base.jobs SET state = 'running', attempt = attempt + 1
      WHERE id = \(job) AND state IN ('queued', 'running')
      RETURNING name, params, attempt, actor
      """)
    guard let row = rows.first else { return nil }
    let (name, params, attempt, actor) = try row.decode(String.self, RawJSON.self, Int.self, String.self)
    return TakenJob(job: job, name: name, params: params, attempt: attempt, actor: actor)
  }

  /// Tells how far an attempt has come; false when it is no longer the one that counts, and has to stop.
  public static func report(_ progress: Double, of job: TakenJob, in database: any Database) async throws -> Bool {
    try await database.execute(
      """
      UPDATE base.jobs SET progress = greatest(progress, \(min(1, max(0, progress))))
      WHERE id = \(job.job) AND attempt = \(job.attempt) AND state = 'running'
      """) == 1
  }

  /// Ends an attempt with its answer; false when it no longer counts, and what it did must be undone.
  public static func finish(
    _ job: TakenJob, result: RawJSON, at now: Timestamp, in database: any Database
  ) async throws -> Bool {
    try await database.execute(
      """
      UPDATE base.jobs SET state = 'succeeded', progress = 1, result = \(result), finished_at = \(now)
      WHERE id = \(job.job) AND attempt = \(job.attempt) AND state = 'running'
      """) == 1
  }

  public static func fail(
    _ job: TakenJob, error: RawJSON, at now: Timestamp, in database: any Database
  ) async throws {
    try await database.execute(
      """
      UPDATE base.jobs SET state = 'failed', error = \(error), finished_at = \(now)
      WHERE id = \(job.job) AND attempt = \(job.attempt) AND state = 'running'
      """)
  }
}
