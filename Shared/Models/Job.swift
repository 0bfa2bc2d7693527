/// How far a job has come.
public enum JobState: String, Codable, CaseIterable, Sendable {
  /// Waits for a worker.
  case queued
  /// A worker has it.
  case running
  /// Ended with a result.
  case succeeded
  /// Ended with an error.
  case failed
  /// Ended because a call cancelled it.
  case cancelled
}

/// Work that outlasts its call.
public struct Job: Codable, Sendable {
  /// Id of the job.
  public var job: ID<Job>
  /// What it does, as `clv.fit`.
  public var name: String
  /// How far the job has come.
  public var state: JobState
  /// Share of the work done, 0 to 1.
  public var progress: Double
  /// What the work answered; present once it succeeded.
  public var result: RawJSON?
  /// Why it failed; present once it failed.
  public var error: JobFailure?
  /// When a call started it.
  public var createdAt: Timestamp
  /// When it ended; absent until then.
  public var finishedAt: Timestamp?
}

/// Why a job failed.
public struct JobFailure: Codable, Sendable {
  /// What clients switch on, as in the errors of calls.
  public var type: String
  /// What went wrong, a sentence.
  public var message: String

  public init(type: String, message: String) {
    self.type = type
    self.message = message
  }
}

/// The answer of a call that started a job: ask `jobs.get` for it.
public struct JobReference: Codable, Sendable {
  /// Id of the job that was started.
  public var job: ID<Job>

  public init(job: ID<Job>) {
    self.job = job
  }
}
