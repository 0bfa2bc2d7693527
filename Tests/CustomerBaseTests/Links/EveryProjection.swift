import JSON
import JSONRPC
import Models
import Server
import Testing
import TestSupport

/// What a reading method answers, as it is compared between two runs: a line each.
///
/// A method that reads and stands in neither list fails a test, so that whatever is built is held to it that a link which
/// was removed leaves no trace.
struct Projection: Sendable {
  let method: String
  /// JSON in which `$customer`, `$visitor` and `$email` stand for one of those, each in turn.
  let params: String
  /// Whether an item of a list tells of links themselves, which one run made and the other did not.
  var tellsOfLinks: @Sendable (JSONNode) -> Bool = { _ in false }
  /// What is compared of an answer, or of each item of a list.
  var shown: @Sendable (JSONNode) -> String = { $0.raw.text }
  /// Whether the customer asks, whom the params name, and not staff.
  var isOwn = false

  init(
    _ method: String, _ params: String, leavingOut tellsOfLinks: @escaping @Sendable (JSONNode) -> Bool = { _ in false }
  ) {
    self.method = method
    self.params = params
    self.tellsOfLinks = tellsOfLinks
  }

  /// - Parameter shown: Without what tells when a customer came into a segment: whoever was merged left it meanwhile.
  init(_ method: String, _ params: String, isOwn: Bool = false, showing shown: @escaping @Sendable (JSONNode) -> String)
  {
    self.method = method
    self.params = params
    self.shown = shown
    self.isOwn = isOwn
  }

  static let all = [
    Projection("clv.get", #"{"customer": "$customer", "horizonDays": 365}"#),
    Projection("clv.list", #"{"sort": "value", "limit": 200}"#),
    Projection("cohorts.report", #"{"grain": "month", "from": "2025-01-01", "to": "2026-01-03"}"#),
    Projection("consents.check", #"{"customer": "$customer", "purpose": "marketing", "channel": "email"}"#),
    Projection("consents.history", #"{"customer": "$customer", "limit": 200}"#),
    Projection("customers.get", #"{"customer": "$customer"}"#),
    Projection("customers.search", #"{"text": "ada grace", "limit": 200}"#),
    // The journal keeps that profiles were linked and parted, and who came and went by it; everything else in the timeline
    // is as it was.
    Projection("customers.timeline", #"{"customer": "$customer", "limit": 200}"#) {
      ["link.created", "link.removed", "segment.entered", "segment.left"].contains($0["type"]?.string)
    },
    Projection(
      "funnels.report", #"{"steps": ["Seen", "Bought"], "withinHours": 24, "from": "2025-12-01", "to": "2026-02-01"}"#),
    Projection("identities.candidates", #"{"limit": 200}"#),
    Projection("identities.links", #"{"customer": "$customer", "limit": 200}"#) { $0["removedAt"] != nil },
    Projection("identities.resolve", #"{"kind": "email", "value": "$email"}"#),
    Projection("lists.addresses", #"{"limit": 200}"#),
    Projection("lists.report", "{}"),
    Projection("loyalty.balance", #"{"customer": "$customer"}"#),
    Projection("loyalty.entries", #"{"customer": "$customer", "limit": 200}"#),
    Projection("orders.list", #"{"customer": "$customer", "limit": 200}"#),
    Projection("recommendations.forCustomer", #"{"customer": "$customer"}"#),
    Projection("rfm.get", #"{"customer": "$customer"}"#),
    Projection("rfm.list", #"{"asOf": "2026-01-02", "limit": 200}"#),
    Projection("rfm.report", #"{"asOf": "2026-01-02"}"#),
    Projection("scorecard.get", #"{"from": "2025-01-01", "to": "2026-01-03"}"#),
    Projection("segments.explain", #"{"customer": "$customer", "segment": "buyers"}"#) {
      "\($0["isMember"]?.raw.text ?? "") \($0["clause"]?.raw.text ?? "")"
    },
    Projection("segments.members", #"{"segment": "buyers", "limit": 200}"#) { $0["customer"]?.raw.text ?? "" },
    Projection("segments.preview", #"{"rule": {"ordered": {"atLeast": 2}}}"#),
    Projection("self.consents", #"{"customer": "$customer"}"#, isOwn: true) { $0.raw.text },
    Projection("self.view", #"{"customer": "$customer"}"#, isOwn: true, showing: factsBesideSegments),
    Projection("sessions.list", #"{"customer": "$customer", "limit": 200}"#),
    Projection("visitors.get", #"{"anonymousId": "$visitor"}"#),
  ]

  @Sendable private static func factsBesideSegments(_ view: JSONNode) -> String {
    var facts: [String] = []
    for list in ["ofMe", "forMe", "byMe"] {
      guard let told = view[list]?["facts"] else { continue }
      for fact in told.elements where fact["kind"]?.string != "segment" { facts.append(fact.raw.text) }
    }
    return facts.joined(separator: "\n")
  }

  /// Methods that read and tell nothing that follows from who is one customer.
  static let notOfCustomers: Set<String> = [
    "audit.list", "identities.blocked", "jobs.get", "jobs.list", "privacy.download", "privacy.verify", "purposes.get",
    "purposes.list", "recommendations.similar", "retentionRules.list", "rpc.discover", "segments.changes",
    "segments.get", "segments.list", "traitPolicies.list",
  ]

  /// What is asked for whom: the params with the placeholders filled in.
  func asked(customers: [ID<Customer>], visitors: [String], emails: [String]) -> [String] {
    if params.contains("$customer") { return customers.map { params.replacing("$customer", with: "\($0)") } }
    if params.contains("$visitor") { return visitors.map { params.replacing("$visitor", with: $0) } }
    if params.contains("$email") { return emails.map { params.replacing("$email", with: $0) } }
    return [params]
  }

  /// The answer's bytes; of a list those of its items, page after page, since a cursor holds a position in the journal. An
  /// error is an answer too.
  func answer(of service: TestService, to params: String) async throws -> String {
    do {
      var items: [String] = []
      var cursor = ""
      while true {
        let page = try await page(of: service, params, cursor)
        guard let list = page["items"] else { return shown(page) }
        items += list.elements.filter { !tellsOfLinks($0) }.map(shown)
        guard let next = page["nextCursor"]?.string else { return items.joined(separator: "\n") }
        cursor = #", "cursor": "\#(next)""#
      }
    } catch let error as RPCError {
      return "\(error.code.rawValue)"
    }
  }
}

extension Projection {
  private func page(of service: TestService, _ params: String, _ cursor: String) async throws -> JSONNode {
    let asked = try JSONDocument(parsing: Array(params.utf8)).root
    if isOwn, let customer = asked["customer"]?.string.flatMap({ ID<Customer>($0) }) {
      return try await service.call(method, "{}", as: .customer(customer))
    }
    guard !cursor.isEmpty else { return try await service.call(method, params) }
    return try await service.call(method, params.dropLast() + "\(cursor)}")
  }
}

/// The five services on one database.
struct AllFive: Sendable {
  private let services: [String: TestService]
  private let serviceOfMethod: [String: String]

  /// The given service, and the others beside it.
  init(_ first: TestService, named name: String) async throws {
    var services = [name: first]
    for service in allServices where service.name != name { services[service.name] = try await first.beside(service) }
    self.services = services
    serviceOfMethod = Dictionary(
      allServices.flatMap { service in service.methods.map { ($0.name, service.name) } },
      uniquingKeysWith: { first, _ in first })
  }

  func close() { for service in services.values { service.close() } }

  func of(_ method: String) throws -> TestService {
    try #require(serviceOfMethod[method].flatMap { services[$0] }, "\(method) is no service's")
  }

  /// Works until every follower has read the whole journal: a writing transaction of any other test holds them back.
  func settle() async throws {
    guard let first = services.values.first else { return }
    var isBehind = true
    while isBehind {
      for name in services.keys.sorted() { try await services[name]?.running.settle() }
      isBehind = try await first.database.shared.one(
        """
        SELECT EXISTS (
          SELECT FROM base.followers f
          JOIN base.journal j ON (j.epoch, j.transaction, j.id) > (f.epoch, f.transaction, f.id)
        )
        """)
    }
  }

  /// Every projection of every customer, by what was asked.
  func projections(
    customers: [ID<Customer>], visitors: [String], emails: [String]
  ) async throws -> [String: String] {
    var answers: [String: String] = [:]
    for projection in Projection.all {
      let service = try of(projection.method)
      for params in projection.asked(customers: customers, visitors: visitors, emails: emails) {
        answers["\(projection.method) \(params)"] = try await projection.answer(of: service, to: params)
      }
    }
    return answers
  }
}
