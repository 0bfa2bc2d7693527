import TestSupport
import Datasets
import Models
import Retention
import Testing

/// The purchases of CDNOW's customers, as the papers split them.
enum CDNOWCustomers {
  static let calibrationEnd = Day(daysSinceEpoch: 10_134)
  static let observationEnd = Day(daysSinceEpoch: 10_407)

  /// By the customer's number in the sample.
  static func load() throws -> [Int: ObservedCustomer] {
    var purchases: [Int: [Purchase]] = [:]
    for purchase in try CDNOW.purchases(path: "\(DatasetFolders.fetched)/cdnow/CDNOW_sample.txt") {
      let day = try #require(Day(purchase.day))
      let amount = try #require(Double(purchase.amount))
      purchases[purchase.customer, default: []].append(Purchase(day: day, amount: amount))
    }
    return purchases.compactMapValues {
      ObservedCustomer($0, calibrationEnd: calibrationEnd, observationEnd: observationEnd)
    }
  }

  static let model = BetaGeometricModel(r: 0.2425945, alpha: 4.4136021, a: 0.7929219, b: 2.4259065)
  static let spend = GammaGammaModel(p: 6.249571, q: 3.744225, v: 15.443524)
}

/// Whether two numbers differ by no more than a part of the second.
func isClose(_ left: Double, _ right: Double, within part: Double) -> Bool {
  abs(left - right) <= part * abs(right)
}
