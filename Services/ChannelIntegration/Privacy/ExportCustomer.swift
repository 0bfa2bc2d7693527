import CustomerBase
import JSON
import Models
import Server

/// Collects everything that is stored of a customer, in every schema, in a ZIP archive: a file of JSON Lines for each kind
/// of fact, and `manifest.json` with counts and digests.
///
/// It is a job; its result names the export, which `privacy.download` gives in parts for seven days.
struct ExportCustomer: Method {
  static let name = "privacy.export"
  static let access = Access.write(.privacy, only: [.staff, .service])
  static let failures: [Failure] = [.notFound, .erased]

  /// The customer, by any of its profiles.
  var customer: ID<Customer>

  static func example(in data: ExampleData) -> ExportCustomer { ExportCustomer(customer: data.ada) }

  func run(_ call: Call) async throws -> JobReference {
    let profiles = try await call.customerBase.profiles(of: customer)
    guard !profiles.isEmpty else { throw Failure.notFound.about("customer") }
    try await call.customerBase.requireNotErased(profiles)
    let work = RawJSON(wellFormed: try encodeJSON(ExportCustomerWork(customer: customer)))
    let job = call.customerBase.enqueue(ExportCustomerWork.name, params: work, about: profiles)
    call.touch(profiles)
    return JobReference(job: job)
  }
}
