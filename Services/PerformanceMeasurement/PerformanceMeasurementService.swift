import Postgres
import Server

/// Measure whether all of it pays.
public enum PerformanceMeasurementService: SuiteService {
  public static let name = "performance-measurement"
  public static let summary = "Whether all of it pays: cohorts and the scorecard of the value chain."
  public static let schema = SchemaMigrations(schema: "performance_measurement", migrations: Embedded.migrations)
  public static let contract = Embedded.contract

  public static let methods: [any Method.Type] = [
    ReportCohorts.self,
    GetScorecard.self,
  ]
}

extension Noun {
  static let cohorts = Noun(rawValue: "cohorts")
  static let scorecard = Noun(rawValue: "scorecard")
}
