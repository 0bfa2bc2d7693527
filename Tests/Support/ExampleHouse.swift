import JSON
import JSONRPC
import Models
import Postgres

@testable import Acquisition
@testable import ChannelIntegration
@testable import Expansion
@testable import Retention
@testable import Server

/// The data that examples are executed on: a small shop's customers, orders and visits, made once a process by the
/// suite's own methods, the same at every making.
public struct ExampleHouse: Sendable {
  /// The database that each example is executed on a copy of.
  public let template: String
  fileprivate let common: ExampleData
  private let jobs: [String: [ID<Job>]]

  private static let made = Task { try await ExampleBuilder.build() }

  /// The house of this process, made by the first who asks.
  public static func shared() async throws -> ExampleHouse { try await made.value }

  init(template: String, common: ExampleData, jobs: [String: [ID<Job>]]) {
    self.template = template
    self.common = common
    self.jobs = jobs
  }

  /// What the examples of a service are about. The jobs of a service without work of its own are another service's,
  /// which are not for it to show.
  public func data(for service: any SuiteService.Type) -> ExampleData {
    var data = common
    if let own = jobs[service.name], own.count == 2 { (data.job, data.queuedJob) = (own[0], own[1]) }
    return data
  }

  /// Executes every example of a service, each on data of its own, and answers their results by method.
  ///
  /// Left out is `rpc.discover`, whose answer would hold itself, and what a service without work has no job for.
  public func answers(of service: any SuiteService.Type) async throws -> [String: RawJSON] {
    var answers: [String: RawJSON] = [:]
    let own = Set(service.allMethods.filter { $0.access.roles == [.customer] }.map { $0.name })
    for example in try ServiceContract(service, examplesIn: data(for: service)).exampleCalls() {
      let principal: Principal = own.contains(example.method) ? .customer(common.ada) : .staff
      let params = try JSONDocument(parsing: example.params.utf8).root
      let answer = try await withService(service, template: template) { service -> RawJSON? in
        do {
          let answer = try await service.respond(to: example.method, params: params, as: principal).json
          return RawJSON(wellFormed: Array(Self.settled(String(decoding: answer, as: UTF8.self)).utf8))
        } catch let error as RPCError where error.code == .notFound && example.method.hasPrefix("jobs.") {
          return nil
        }
      }
      if example.method != Discover.name { answers[example.method] = answer }
    }
    return answers
  }
}

extension ExampleHouse {
  /// The answer with what is another at every making put in one form: PostgreSQL's numbers of transactions in positions of
  /// the journal, and an archive, which holds such positions.
  private static func settled(_ answer: String) -> String {
    answer.replacing(/\((\d+), \d+, (\d+)\)/) { "(\($0.1), 1000, \($0.2))" }
      .replacing(/"(\d+)\.\d+\.(\d+)"/) { "\"\($0.1).1000.\($0.2)\"" }
      .replacing(/"(UEsDB[^"]*)"/) { _ in "\"UEsDBA==\"" }
  }
}

/// Fills the database of the examples.
private struct ExampleBuilder {
  private static let name = "template_examples"

  let acquisition: TestService
  let channels: TestService
  let expansion: TestService
  let retention: TestService
  var clock: TestClock { channels.clock }

  static func build() async throws -> ExampleHouse {
    let cluster = try await TestCluster.shared()
    try await cluster.create(name, template: try await Template.migrated())
    let owner = PostgresPool(PostgresConfiguration(dsn: cluster.dsn(name)))
    // The house lives in another month than the machine.
    try await owner.connection { connection in
      try await connection.execute(
        """
        CREATE TABLE IF NOT EXISTS acquisition.events_2026_01 PARTITION OF acquisition.events
        FOR VALUES FROM ('2026-01-01T00:00:00Z') TO ('2026-02-01T00:00:00Z')
        """)
    }
    // Two hours before the examples' own time, so that their ids differ from those made here.
    let clock = TestClock(ExampleData.now.adding(seconds: -7200))
    let ids = IDGenerator(clock: { clock.now }, random: SeededGenerator(seed: 2026))
    let first = try await TestService.make(
      ChannelIntegrationService.self, on: name, owner: owner, clock: clock, ids: ids)
    let builder = ExampleBuilder(
      acquisition: try await first.beside(AcquisitionService.self), channels: first,
      expansion: try await first.beside(ExpansionService.self), retention: try await first.beside(RetentionService.self)
    )
    let house = try await builder.fill()
    try await addSignIn(house.common, owner)
    try await addUpload(house.common, owner)
    for service in [builder.acquisition, builder.channels, builder.expansion, builder.retention] {
      service.close()
    }
    owner.close()
    return house
  }

  /// The link that `ecrm sign-in` would make.
  private static func addSignIn(_ data: ExampleData, _ owner: PostgresPool) async throws {
    let token = try SealedToken(data.signInToken, code: data.signInCode)
    try await owner.connection { connection in
      try await connection.execute(
        """
        INSERT INTO channel_integration.sign_ins (code_hash, sealed_token, token_id, expires_at)
        VALUES (\(token.codeHash), \(token.sealed), 'example', \(ExampleData.now.adding(seconds: 600)))
        """)
    }
  }

  /// What `PUT /uploads` would keep, and a bounce that does not count alone.
  private static func addUpload(_ data: ExampleData, _ owner: PostgresPool) async throws {
    let content = Array("Customer ID,First name,E-Mail\r\nC-1,Katherine,katherine@example.com\r\n".utf8)
    try await owner.connection { connection in
      try await connection.execute(
        """
        WITH file AS (
          INSERT INTO channel_integration.files
            (id, kind, owner, media_type, bytes, created_at, completed_at, expires_at)
          VALUES (\(data.upload), 'upload', 'ecrm|staff', 'text/csv', \(content.count), \(ExampleData.now),
            \(ExampleData.now), \(ExampleData.now.adding(seconds: 86_400)))
          RETURNING id
        )
        INSERT INTO channel_integration.file_parts (file, start, content) SELECT f.id, 0, \(content) FROM file f
        """)
      try await connection.execute(
        """
        INSERT INTO channel_integration.bounces (profile, email, at, kind)
        SELECT i.profile, i.value, \(ExampleData.now.adding(seconds: -86_400)), 'soft' FROM base.identifiers i
        WHERE i.profile = \(data.grace) AND i.kind = 'email'
        """)
    }
  }

  private func fill() async throws -> ExampleHouse {
    try await step(channels, ImportProducts(rows: Rows(Self.products)))
    let ada = try await step(channels, Self.shopAccount("ada", "Ada", "Lovelace"))
    let newsletter = try await step(
      channels,
      UpsertProfile(
        source: SourceName(fixed: "newsletter"), externalId: ExternalID(fixed: "4711"),
        traits: ["givenName": text("Ada"), "language": text("en")],
        identifiers: [Identifier(kind: .email, value: "ada@example.com", verified: true)].compactMap(\.self)))
    let grace = try await step(channels, Self.shopAccount("grace", "Grace", "Hopper"))
    try await step(channels, ImportOrders(source: .shop, rows: Rows(ExampleOrders.all())))
    for (channel, decision) in [("email", ConsentDecision.granted), ("phone", .withdrawn)] {
      try await step(
        channels,
        RecordConsent(
          customer: ada.customer, purpose: "marketing", channel: Channel(normal: channel), state: decision,
          basis: Reason(fixed: "consent"), evidence: RawJSON(wellFormed: #"{"form":"newsletter"}"#)))
    }
    try await step(acquisition, CollectEvents(batch: EventBatch(example: Self.events)))
    let links = try await step(channels, ListLinks(customer: ada.customer))
    try await step(channels, Self.segment)
    // Before those jobs of which one is to wait.
    try await step(channels, ExportCustomer(customer: ada.customer))
    try await channels.running.settle()
    let jobs = [
      RetentionService.name: try await fitted(), ExpansionService.name: try await trained(),
      ChannelIntegrationService.name: try await matched(),
    ]
    try await step(
      channels,
      DecideMatch(
        a: newsletter.profile, b: grace.profile, verdict: .different, reason: Reason(fixed: "they met at a conference"))
    )
    let export: ID<Job> = try await channels.database.shared.one("SELECT id FROM channel_integration.archives")
    guard let link = links.items.first?.link, let job = jobs[RetentionService.name] else { throw Failure.notFound }
    let points = try await step(
      retention,
      EarnPoints(
        customer: ada.customer, points: .hundred, expiresAt: ExampleData.now.adding(seconds: 90 * 86_400),
        reference: Reason(fixed: "a welcome")))
    let burned = try await step(retention, BurnPoints(customer: ada.customer, points: .hundred))
    try await step(retention, ReversePoints(entry: burned.entry, reason: Reason(fixed: "out of stock")))
    let data = ExampleData(
      ada: ada.customer, newsletter: newsletter.profile, grace: grace.customer, link: link, export: export,
      points: points.entry, job: job[0], queuedJob: job[1])
    return ExampleHouse(template: Self.name, common: data, jobs: jobs)
  }

  /// A job that has succeeded and one that waits.
  private func fitted() async throws -> [ID<Job>] {
    let fit = FitLifetimeValues(calibrationEnd: ExampleData.now.day.adding(days: -90), unit: .week)
    let done = try await step(retention, fit)
    try await retention.running.settle()
    return [done.job, try await step(retention, fit).job]
  }

  private func trained() async throws -> [ID<Job>] {
    let done = try await step(expansion, TrainRecommendations(signals: .orders))
    try await expansion.running.settle()
    return [done.job, try await step(expansion, TrainRecommendations(signals: .events)).job]
  }

  /// Ada's two profiles tell the same name and address.
  private func matched() async throws -> [ID<Job>] {
    // Whoever came before the model is compared by its job and not, where other tests hold the follower back, on arrival.
    try await channels.follow(MatchFollower.self)
    try await step(channels, TrainMatching())
    try await channels.running.settle()
    let done = try await step(channels, MatchProfiles())
    try await channels.running.settle()
    return [done.job, try await step(channels, TrainMatching(sources: [.shop])).job]
  }

  @discardableResult
  private func step<M: Method>(_ service: TestService, _ method: M) async throws -> M.Output {
    clock.advance(seconds: 60)
    return try await service.call(method)
  }

  private static func shopAccount(_ id: String, _ givenName: String, _ familyName: String) -> UpsertProfile {
    UpsertProfile(
      source: .shop, externalId: ExternalID(normal: id),
      traits: ["givenName": text(givenName), "familyName": text(familyName)],
      identifiers: [
        Identifier(kind: .email, value: "\(id)@example.com", verified: true),
        Identifier(kind: .user, value: id, verified: true),
      ].compactMap(\.self))
  }

  private static let products = ExampleOrders.catalogue.map { sku, name, category, price in
    Product(
      sku: SKU(normal: sku), name: name, category: category, price: Money(amount: Amount(price), currency: .euro))
  }

  private static let segment = SaveSegment(
    key: SegmentKey(fixed: "english"),
    rule: .all([
      .trait(TraitClause(name: "language", is: text("en"))), .ordered(OrderedClause(atLeast: 2, withinDays: 365)),
    ]))

  private static let events: StaticString = #"""
    [{"type":"page","name":"Home","messageId":"e-1","anonymousId":"visitor-1","timestamp":"2025-12-30T18:00:00Z"},
    {"type":"track","event":"Product Viewed","messageId":"e-2","anonymousId":"visitor-1",
    "timestamp":"2025-12-30T18:02:00Z","properties":{"sku":"TEA-100"}},
    {"type":"track","event":"Product Viewed","messageId":"e-3","anonymousId":"visitor-1",
    "timestamp":"2025-12-31T09:30:00Z","properties":{"sku":"POT-100"}},
    {"type":"track","event":"Order Completed","messageId":"e-4","anonymousId":"visitor-1",
    "timestamp":"2025-12-31T09:41:30Z","properties":{"sku":"POT-100"}},
    {"type":"track","event":"Product Viewed","messageId":"e-5","anonymousId":"visitor-2",
    "timestamp":"2025-12-31T20:15:00Z","properties":{"sku":"TEA-200"}},
    {"type":"track","event":"Product Viewed","messageId":"e-6","anonymousId":"visitor-3",
    "timestamp":"2025-12-31T21:00:00Z","properties":{"sku":"COF-100"}}]
    """#
}

private func text(_ plain: String) -> RawJSON { RawJSON(wellFormed: "\"\(plain)\"") }
