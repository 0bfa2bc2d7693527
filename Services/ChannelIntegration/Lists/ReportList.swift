import CustomerBase
import Models
import Postgres
import Server

/// How good an e-mail list is: what is wrong with how many of the addresses that profiles carry.
///
/// An entry is an address of a profile; one may have several problems.
struct ReportList: Method {
  static let name = "lists.report"
  static let access = Access.report(.lists)

  /// Only profiles of this system; all of them when absent.
  var source: SourceName?
  /// Days without event, order or consent after which a customer is dormant; 365 when absent.
  var dormantDays: Int?

  static func example(in _: ExampleData) -> ReportList { ReportList() }

  func run(_ call: Call) async throws -> ListReport {
    try AddressList.check(dormantDays)
    let list = AddressList(source: source, dormantDays: dormantDays, now: call.now)
    let rows = try await call.database.rows(
      """
      WITH \(list.judged)
      SELECT p.problem, count(*), (SELECT count(*) FROM judged), (SELECT count(*) FROM judged WHERE problems = '{}')
      FROM (SELECT unnest(j.problems) AS problem FROM judged j UNION ALL SELECT NULL) p
      GROUP BY p.problem
      """)
    var counts: [String: Int] = [:]
    var (entries, sound) = (0, 0)
    for row in rows {
      let (problem, count, all, good) = try row.decode(String?.self, Int.self, Int.self, Int.self)
      (entries, sound) = (all, good)
      if let problem { counts[problem] = count }
    }
    return ListReport(
      asOf: call.now, entries: entries, sound: sound,
      problems: AddressProblem.allCases.map { problem in
        let count = counts[problem.rawValue] ?? 0
        return ProblemCount(
          problem: problem, entries: count, share: entries == 0 ? 0 : Double(count * 1_000_000 / entries) / 1_000_000)
      })
  }
}

extension AddressList {
  /// Refuses a time after which nobody can be dormant.
  static func check(_ dormantDays: Int?) throws {
    guard (1...3660).contains(dormantDays ?? 1) else {
      throw InvalidParam(path: "/params/dormantDays", rule: "range", message: "must be 1 to 3660")
    }
  }
}

/// How good an e-mail list is.
struct ListReport: Codable, Sendable {
  /// When it was looked at.
  var asOf: Timestamp
  /// Addresses of profiles, each of a profile once.
  var entries: Int
  /// Entries that nothing is wrong with.
  var sound: Int
  /// Every problem with its entries.
  var problems: [ProblemCount]
}

/// How many entries have a problem.
struct ProblemCount: Codable, Sendable {
  /// What is wrong.
  var problem: AddressProblem
  /// Entries that have it.
  var entries: Int
  /// Their share of all entries, 0 to 1.
  var share: Double
}
