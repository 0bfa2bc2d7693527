import CustomerBase
import Models
import Postgres
import Server

/// Lists the entries of an e-mail list that something is wrong with, by address.
struct ListAddresses: Method {
  static let name = "lists.addresses"
  static let access = Access.report(.lists)

  /// Only entries with this problem; with any when absent.
  var problem: AddressProblem?
  /// Only profiles of this system; all of them when absent.
  var source: SourceName?
  /// Days without event, order or consent after which a customer is dormant; 365 when absent.
  var dormantDays: Int?
  /// Entries on a page.
  var limit: Limit?
  /// Where the last page ended.
  var cursor: String?

  static func example(in _: ExampleData) -> ListAddresses { ListAddresses(problem: .duplicate) }

  private struct Filter: Codable {
    var problem: AddressProblem?
    var source: SourceName?
    var dormantDays: Int?
  }

  private struct Position: Codable, Sendable {
    var email: String
    var profile: ID<Profile>
  }

  func run(_ call: Call) async throws -> Page<ListedAddress> {
    try AddressList.check(dormantDays)
    let limit = (limit ?? .standard).count
    let filter = Filter(problem: problem, source: source, dormantDays: dormantDays)
    let after = try Cursor<Position>.position(cursor, of: filter)
    let list = AddressList(source: source, dormantDays: dormantDays, now: call.now)
    let found: [ListedAddress] = try await call.database.rows(
      """
      WITH \(list.judged)
      SELECT j.email, j.profile, j.customer, j.problems FROM judged j
      WHERE j.problems <> '{}' AND (\(problem?.rawValue)::text IS NULL OR \(problem?.rawValue) = ANY (j.problems))
        AND (\(after?.email)::text IS NULL
          OR (j.email COLLATE "C", j.profile) > (\(after?.email) COLLATE "C", \(after?.profile)))
      ORDER BY j.email COLLATE "C", j.profile LIMIT \(limit + 1)
      """
    ).map { row in
      let (email, profile, customer, problems) = try row.decode(
        String.self, ID<Profile>.self, ID<Customer>.self, [String].self)
      return ListedAddress(
        email: email, profile: profile, customer: customer, problems: problems.compactMap(AddressProblem.init))
    }
    return try Page(
      found, limit: limit, filter: filter, position: { Position(email: $0.email, profile: $0.profile) }, item: { $0 })
  }
}

/// An entry of an e-mail list, with what is wrong with it.
struct ListedAddress: Codable, Sendable {
  /// The address, or what was told as one.
  var email: String
  /// The profile that carries it.
  var profile: ID<Profile>
  /// Customer the profile belongs to.
  var customer: ID<Customer>
  /// Everything that is wrong with it.
  var problems: [AddressProblem]
}
