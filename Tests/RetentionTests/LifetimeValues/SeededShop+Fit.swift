import TestSupport

@testable import Retention

extension SeededShop {
  static let fit = FitLifetimeValues(calibrationEnd: calibrationEnd, unit: .week)
}
