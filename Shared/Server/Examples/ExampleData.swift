import Models

/// The data that examples are executed on: a small organisation's customers, orders and visits, made by the suite's own
/// methods with a fixed clock and ids that repeat.
public struct ExampleData: Sendable {
  /// The fixed time of every example.
  public static let now = Timestamp(microsecondsSinceEpoch: 1_767_261_600_000_000)

  /// A customer of two profiles, web shop and newsletter, linked by a verified address.
  public var ada: ID<Customer>
  /// Her profile of the newsletter.
  public var newsletter: ID<Profile>
  /// A customer who has nothing to do with Ada.
  public var grace: ID<Customer>
  /// The link that joins Ada's profiles.
  public var link: ID<Link>
  /// The code of a sign-in link that nobody has used, and the token that it stands for, which is none that holds.
  public let signInCode = "dGhpcyBpcyB0aGUgY29kZSBvZiBhbiBleGFtcGxlISE"
  public let signInToken = "eyJhbGciOiJFUzI1NiJ9.eyJyb2xlIjoic3RhZmYifQ.c2lnbmF0dXJl"
  /// Id of the key that signs certificates.
  public let auditKey = "audit-82389c628a3ebe68"
  /// An archive of everything that is stored of Ada.
  public var export: ID<Job>
  /// Points that Ada earned.
  public var points: ID<PointEntry>
  /// A file that was sent and waits to be imported.
  public let upload = ID<Upload>(high: 0x019b_7a5e_2f00_7000, low: 0x8000_0000_0000_0001)
  /// A job of the service that has succeeded.
  public var job: ID<Job>
  /// A job of the service that waits.
  public var queuedJob: ID<Job>

  public init(
    ada: ID<Customer>, newsletter: ID<Profile>, grace: ID<Customer>, link: ID<Link>, export: ID<Job>,
    points: ID<PointEntry>, job: ID<Job>, queuedJob: ID<Job>
  ) {
    self.ada = ada
    self.newsletter = newsletter
    self.grace = grace
    self.link = link
    self.export = export
    self.points = points
    self.job = job
    self.queuedJob = queuedJob
  }
}
