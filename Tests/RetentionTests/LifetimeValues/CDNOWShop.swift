import Datasets
import Models
import Postgres
import TestSupport

@testable import ChannelIntegration
@testable import Retention
@testable import Server

/// CDNOW's purchases as orders of a shop, imported and fitted by the suite's own methods.
enum CDNOWShop {
  static let source = "cdnow"
  static let dollars = Currency(fixed: "USD")

  /// The job that fitted the model, and the database that tests copy.
  private struct Made: Sendable {
    var fit: Job
    var template: String
  }

  private static let made = Task {
    let template = "template_cdnow"
    let fit = try await TestSupport.withService(RetentionService.self) { service in
      let shop = try await service.beside(ChannelIntegrationService.self)
      let purchases = try CDNOW.purchases(path: "\(DatasetFolders.fetched)/cdnow/CDNOW_sample.txt")
      try await shop.order(
        purchases.enumerated().map { number, purchase in
          TestOrder("\(number)", of: "\(purchase.customer)", at: purchase.day, purchase.amount, currency: dollars)
        }, source: source)
      let fit = try await service.finished(
        FitLifetimeValues(
          calibrationEnd: CDNOWCustomers.calibrationEnd, unit: .week, source: SourceName(normal: source)))
      let original: String = try await service.database.shared.one("SELECT current_database()")
      // A database is copied while nobody is connected to it.
      for pool in [shop.running.pool, service.running.pool, service.database] { pool.close() }
      try await TestCluster.shared().create(template, template: original)
      return fit
    }
    return Made(fit: fit, template: template)
  }

  /// The job that fitted the model.
  static func fit() async throws -> Job {
    try await made.value.fit
  }

  /// Runs the body with the shop, a day after its orders were imported: ids go on where they ended.
  static func withService(_ body: (TestService) async throws -> Void) async throws {
    try await TestSupport.withService(RetentionService.self, template: made.value.template) { service in
      service.clock.advance(seconds: 86_400)
      try await body(service)
    }
  }
}
