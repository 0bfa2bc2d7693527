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
    ListAudit.self,
    CheckConsent.self,
    ConsentHistory.self,
    RecordConsent.self,
    GetCustomer.self,
    SearchCustomers.self,
    CustomerTimeline.self,
    StartExport.self,
    BlockIdentity.self,
    ListBlockedIdentities.self,
    ListMatchCandidates.self,
    DecideMatch.self,
    LinkIdentities.self,
    ListLinks.self,
    MatchProfiles.self,
    ResolveIdentity.self,
    TrainMatching.self,
    UnblockIdentity.self,
    UnlinkIdentities.self,
    StartImport.self,
    ListAddresses.self,
    ReportList.self,
    ImportOrders.self,
    ListOrders.self,
    DownloadExport.self,
    EraseCustomer.self,
    ExportCustomer.self,
    VerifyCertificate.self,
    ImportProducts.self,
    ImportProfiles.self,
    UpsertProfile.self,
    GetPurpose.self,
    ListPurposes.self,
    SavePurpose.self,
    ListRetentionRules.self,
    SaveRetentionRule.self,
    ListSegmentChanges.self,
    ExplainSegment.self,
    GetSegment.self,
    ListSegments.self,
    ListSegmentMembers.self,
    PreviewSegment.self,
    RemoveSegment.self,
    SaveSegment.self,
    OwnConsents.self,
    RecordOwnConsent.self,
    SetOwnPreferences.self,
    UpdateOwnTraits.self,
    ViewOwnFacts.self,
    RedeemSignIn.self,
    ListTraitPolicies.self,
    SaveTraitPolicy.self,
  ]

  public static let chores: [any Chore.Type] = [
    ForgetExports.self, ForgetFiles.self, ForgetSignIns.self, FollowSegmentTime.self, ForgetJournal.self,
    EraseInactive.self,
  ]
  public static let works: [any Work.Type] = [
    ExportCustomerWork.self, MatchProfilesWork.self, ComputeSegmentWork.self, TrainMatchingWork.self, ImportWork.self,
    ExportWork.self,
  ]
  public static let followers: [any Follower.Type] = [AuditFollower.self, MatchFollower.self, SegmentFollower.self]

  public static let ownSettings: [Setting] = [.erasureKey, .auditKey, .erasuresFile]

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
  static let purposes = Noun(rawValue: "purposes")
  static let retentionRules = Noun(rawValue: "retentionRules")
  static let segments = Noun(rawValue: "segments")
  static let signIns = Noun(rawValue: "signIns")
  static let traitPolicies = Noun(rawValue: "traitPolicies")
}
