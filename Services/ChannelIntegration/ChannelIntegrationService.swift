import Postgres
import Server

/// One view of the customer over every channel.
public enum ChannelIntegrationService: SuiteService {
  public static let name = "channel-integration"
  public static let summary =
    "One view of each customer over every channel: profiles, identities, consents, products and orders."
  public static let schema = SchemaMigrations(schema: "channel_integration", migrations: Embedded.migrations)
  public static let contract = Embedded.contract

  public static let methods: [any Method.Type] = [
    MarkBounced.self,
    CheckConsent.self,
    ConsentHistory.self,
    RecordConsent.self,
    GetCustomer.self,
    SearchCustomers.self,
    CustomerTimeline.self,
    StartExport.self,
    ListMatchCandidates.self,
    DecideMatch.self,
    LinkIdentities.self,
    ListLinks.self,
    MatchProfiles.self,
    ResolveIdentity.self,
    TrainMatching.self,
    UnlinkIdentities.self,
    StartImport.self,
    ListAddresses.self,
    ReportList.self,
    ImportOrders.self,
    ListOrders.self,
    ImportProducts.self,
    ImportProfiles.self,
    UpsertProfile.self,
    RedeemSignIn.self,
  ]

  public static let chores: [any Chore.Type] = [ForgetSignIns.self, ForgetFiles.self]
  public static let works: [any Work.Type] = [
    MatchProfilesWork.self, TrainMatchingWork.self, ImportWork.self, ExportWork.self,
  ]
  public static let followers: [any Follower.Type] = [MatchFollower.self]

  public static func routes(_ endpoint: ServiceEndpoint) -> [HTTPRoute] { fileRoutes(endpoint) }
}

extension Noun {
  static let addresses = Noun(rawValue: "addresses")
  static let consents = Noun(rawValue: "consents")
  static let customers = Noun(rawValue: "customers")
  static let exports = Noun(rawValue: "exports")
  static let identities = Noun(rawValue: "identities")
  static let imports = Noun(rawValue: "imports")
  static let lists = Noun(rawValue: "lists")
  static let orders = Noun(rawValue: "orders")
  static let products = Noun(rawValue: "products")
  static let profiles = Noun(rawValue: "profiles")
  static let signIns = Noun(rawValue: "signIns")
}
