import Acquisition
import ChannelIntegration
import Expansion
import PerformanceMeasurement
import Retention
import Server

extension Service {
  /// What the service is made of.
  var definition: any SuiteService.Type {
    switch self {
    case .acquisition: AcquisitionService.self
    case .retention: RetentionService.self
    case .expansion: ExpansionService.self
    case .channelIntegration: ChannelIntegrationService.self
    case .performanceMeasurement: PerformanceMeasurementService.self
    }
  }
}

extension SuiteDatabase {
  /// The database of all five services.
  static let whole = SuiteDatabase(Service.allCases.map { $0.definition })
}

/// The schemas of the database and the roles of the services.
enum Schemas {
  /// Brings every schema of the database up to date, as its owner, and makes the services' roles with these passwords.
  static func migrate(_ ownerDatabaseURL: String, _ passwords: [Service: String]) async throws {
    let byRole = Dictionary(uniqueKeysWithValues: passwords.map { ($0.key.role, $0.value) })
    try await SuiteDatabase.whole.migrate(dsn: ownerDatabaseURL, passwords: byRole)
  }
}
