import Postgres
import Server

/// Keep the profitable customers.
public enum RetentionService: SuiteService {
  public static let name = "retention"
  public static let summary =
    "Who comes back, what they are worth and what they earn: recency, frequency, monetary value, lifetime value, points."
  public static let schema = SchemaMigrations(schema: "retention", migrations: Embedded.migrations)
  public static let contract = Embedded.contract

  public static let methods: [any Method.Type] = [
    FitLifetimeValues.self,
    GetLifetimeValue.self,
    ListLifetimeValues.self,
    GetPointBalance.self,
    BurnPoints.self,
    EarnPoints.self,
    ListPointEntries.self,
    ReversePoints.self,
    GetRFM.self,
    ListRFM.self,
    ReportRFM.self,
  ]

  public static let works: [any Work.Type] = [FitLifetimeValuesWork.self]
  public static let followers: [any Follower.Type] = [LifetimeValueFollower.self]
}

extension Noun {
  static let lifetimeValues = Noun(rawValue: "clv")
  static let loyalty = Noun(rawValue: "loyalty")
  static let rfm = Noun(rawValue: "rfm")
}
