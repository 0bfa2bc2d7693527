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
  struct Made: Sendable {
    var fit: Job
    var template: String
  }

  private static let made = Task {
    let template = "template_cdnow"
    let fit = try await withService(RetentionService.self) { service in
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

  static func shared() async throws -> Made {
    try await made.value
  }
}
