import CustomerBase
import Models
import Postgres
import Server

/// The work of `clv.fit`.
struct FitLifetimeValuesWork: Work {
  static let name = "clv.fit"

  var calibrationEnd: Day
  var source: SourceName?

  func run(_ job: JobRun) async throws -> JobResult<LifetimeValueReport> {
    let (purchases, known) = try await job.snapshot { database in
      (
        try await customerPurchases(source: source, currency: nil, customers: nil, in: database),
        try await CustomerBase.lastSettled(in: database)
      )
    }
    try await job.report(0.4)
    let end = purchases.customers.lazy.flatMap { $0.purchases.map(\.day) }.max() ?? calibrationEnd
    let observed = purchases.customers.compactMap { customer in
      ObservedCustomer(customer.purchases, calibrationEnd: calibrationEnd, observationEnd: end)
    }
    let holdout = max(0, end.daysSinceEpoch - calibrationEnd.daysSinceEpoch)
    let fit = LifetimeValueFit(observed, holdoutDays: holdout)
    try await job.report(0.8)
    let report = LifetimeValueReport(fit, of: self, currency: purchases.currency)
    guard fit.status == .published, let currency = purchases.currency, let purchaseModel = fit.model,
      let spendModel = fit.spend
    else { return JobResult(report) }
    let model = PublishedModel(
      source: source?.text ?? "", calibrationEnd: calibrationEnd, currency: currency, purchases: purchaseModel,
      spend: spendModel)
    return JobResult(report) { base in
      // What was followed since the purchases were read went to the model before, or to none: it is followed again.
      try await base.rewind(LifetimeValueFollower.name, to: known)
      try await model.publish(in: base)
      try await model.write(model.values(of: purchases.customers), replacing: nil, in: base)
      base.append([try JournalEntry(subject: nil, type: "clv.published", payload: report)])
    }
  }
}

/// What fitting the lifetime value models found.
struct LifetimeValueReport: Codable, Sendable {
  /// The source whose orders were taken; absent for those of all sources.
  var source: SourceName?
  /// Last day of the calibration.
  var calibrationEnd: Day
  /// BG/NBD in weeks: r, alpha, a, b; absent when nobody bought again.
  var model: BetaGeometricModel?
  var logLikelihood: Double?
  /// Gamma-Gamma: p, q, v; absent when no repeat purchase had a positive amount.
  var spend: GammaGammaModel?
  /// Customers with a purchase before the end of calibration.
  var customers: Int
  /// Currency of the amounts.
  var currency: Currency?
  var backtest: LifetimeValueFit.Backtest?
  /// Whether the model is used from now on.
  var status: LifetimeValueFit.Status

  init(_ fit: LifetimeValueFit, of work: FitLifetimeValuesWork, currency: Currency?) {
    source = work.source
    calibrationEnd = work.calibrationEnd
    model = fit.model
    logLikelihood = fit.logLikelihood
    spend = fit.spend
    customers = fit.customers
    self.currency = currency
    backtest = fit.backtest
    status = fit.status
  }
}
