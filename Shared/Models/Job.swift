/// How far a job has come.
public enum JobState: String, Codable, CaseIterable, Sendable {
  case queued
  case running
  case succeeded
  case failed
  case cancelled
}

/// Work that outlasts its call.
public struct Job: Codable, Sendable {
  public var job: ID<Job>
  /// What it does, as `clv.fit`.
  public var name: String
  public var state: JobState
  /// Share of the work done, 0 to 1.
  public var progress: Double
  /// What the work answered; present once it succeeded.
  public var result: RawJSON?
  /// Why it failed; present once it failed.
  public var error: JobFailure?
  public var createdAt: Timestamp
  public var finishedAt: Timestamp?
}

/// Why a job failed.
public struct JobFailure: Codable, Sendable {
  public var type: String
  public var message: String

  public init(type: String, message: String) {
    self.type = type
    self.message = message
  }
}

/// The answer of a call that started a job: ask `jobs.get` for it.
public struct JobReference: Codable, Sendable {
  public var job: ID<Job>

  public init(job: ID<Job>) {
    self.job = job
  }
}
