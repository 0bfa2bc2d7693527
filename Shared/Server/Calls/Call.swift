import CustomerBase
import JSON
import Models
import Postgres

/// One call as its method sees it: who asks, when, and the database it works in.
public struct Call: Sendable {
  /// Who asks; nil for a method that needs no token.
  public let principal: Principal?
  /// The call's one time, taken when it began.
  public let now: Timestamp
  public let requestID: String
  /// A transaction where the method writes, the shared lane where it is one look-up.
  public let database: any Database
  public let customerBase: CustomerBase
  public let service: any SuiteService.Type
  let touched: TouchedProfiles

  public var ids: IDGenerator { customerBase.ids }

  /// Starts work that outlasts the call, in the call's transaction.
  public func start<W: Work>(_ work: W) throws -> JobReference {
    JobReference(job: customerBase.enqueue(W.name, params: RawJSON(wellFormed: try encodeJSON(work))))
  }

  /// Refuses a caller who may not do this too: for a method that does another noun's work.
  public func require(_ access: Access) throws {
    if let refusal = access.refusal(of: principal) { throw refusal }
  }

  /// Notes whom the call's answer is about, so that a stored answer is found when they are erased.
  public func touch(_ profiles: some Sequence<ID<Profile>>) {
    touched.insert(profiles)
  }
}
