import Postgres
import Server

/// Attract visitors and turn them into buyers.
public enum AcquisitionService: SuiteService {
  public static let name = "acquisition"
  public static let summary = "The click-stream: events of websites and applications, visitors, sessions and funnels."
  public static let schema = SchemaMigrations(schema: "acquisition", migrations: Embedded.migrations)
  public static let contract = Embedded.contract

  public static let methods: [any Method.Type] = [
    CollectEvents.self,
    ReportFunnel.self,
    ListSessions.self,
    GetVisitor.self,
  ]

  public static let chores: [any Chore.Type] = [EnsurePartitions.self, ForgetEventIDs.self, ForgetEvents.self]

  public static let ownFunctions = ["ensure_partitions"]

  public static let ownSettings: [Setting] = [.erasureKey]

  public static func routes(_ endpoint: ServiceEndpoint) -> [HTTPRoute] { segmentRoutes(endpoint) }
}

extension Noun {
  static let events = Noun(rawValue: "events")
  static let funnels = Noun(rawValue: "funnels")
  static let sessions = Noun(rawValue: "sessions")
  static let visitors = Noun(rawValue: "visitors")
}
