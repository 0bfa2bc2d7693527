import Foundation

extension BetaGeometricModel {
  /// A model fitted to histories, and how well it explains them.
  public struct Fit: Hashable, Codable, Sendable {
    /// The parameters of highest likelihood.
    public var model: BetaGeometricModel
    /// Logarithm of the likelihood there.
    public var logLikelihood: Double
  }

  /// The logarithm of the likelihood of these histories: equation 7 of Fader, Hardie & Lee 2005.
  public func logLikelihood(of histories: some Sequence<PurchaseHistory>) -> Double {
    var gradient = [0.0, 0, 0, 0]
    return BetaGeometricLikelihood(histories).value(at: self, gradient: &gradient)
  }

  /// The model of highest likelihood for these histories.
  ///
  /// Nil when no customer bought again: then nothing bounds how rarely they do. Where nobody seems to stop, only
  /// a/(a+b) → 0 is determined; the parameters stay within fixed bounds, so all that follows from them is finite.
  public static func fit(_ histories: some Sequence<PurchaseHistory>) -> Fit? {
    let likelihood = BetaGeometricLikelihood(histories)
    guard likelihood.hasRepeats else { return nil }
    // Searched over logarithms, which keeps the parameters positive and their scales alike. A thousandth of a week
    // is the least alpha, so that a horizon divided by it stays a number of purchases that can be summed over.
    let search = QuasiNewton(bounds: [log(1e-3)...20, log(1e-3)...20, -20...20, -20...20])
    let best = search.maximum(from: [0, log(likelihood.meanAgeWeeks), 0, 0.5]) { point, gradient in
      let model = BetaGeometricModel(exponents: point)
      let value = likelihood.value(at: model, gradient: &gradient)
      gradient[0] *= model.r
      gradient[1] *= model.alpha
      gradient[2] *= model.a
      gradient[3] *= model.b
      return value
    }
    return best.map { Fit(model: BetaGeometricModel(exponents: $0.point), logLikelihood: $0.value) }
  }

  private init(exponents: [Double]) {
    self.init(r: exp(exponents[0]), alpha: exp(exponents[1]), a: exp(exponents[2]), b: exp(exponents[3]))
  }
}

/// Histories prepared for many evaluations of their likelihood: equal ones are one group.
private struct BetaGeometricLikelihood {
  private struct Key: Hashable {
    var frequency: Int
    var recencyWeeks: Double
    var ageWeeks: Double
  }

  private struct Group {
    var frequency: Int
    var recencyWeeks: Double
    var ageWeeks: Double
    var customers: Double
  }

  private var groups: [Group] = []
  private var maximumFrequency = 0
  private(set) var meanAgeWeeks = 1.0

  var hasRepeats: Bool { maximumFrequency > 0 }

  init(_ histories: some Sequence<PurchaseHistory>) {
    var customers: [Key: Double] = [:]
    for history in histories {
      let key = Key(
        frequency: history.frequency, recencyWeeks: history.recencyWeeks, ageWeeks: history.ageWeeks)
      customers[key, default: 0] += 1
    }
    // In one order, so that sums round the same way each time.
    groups =
      customers
      .map {
        Group(
          frequency: $0.key.frequency, recencyWeeks: $0.key.recencyWeeks, ageWeeks: $0.key.ageWeeks,
          customers: $0.value)
      }
      .sorted { ($0.frequency, $0.recencyWeeks, $0.ageWeeks) < ($1.frequency, $1.recencyWeeks, $1.ageWeeks) }
    maximumFrequency = groups.last?.frequency ?? 0
    let total = groups.reduce(into: (customers: 0.0, weeks: 0.0)) {
      $0.customers += $1.customers
      $0.weeks += $1.customers * $1.ageWeeks
    }
    if total.weeks > 0 { meanAgeWeeks = total.weeks / total.customers }
  }

  /// Sums over i < x that stand for ratios of gamma functions, whose arguments differ by the whole number x.
  private struct Rising {
    /// ln Γ(r+x)/Γ(r) + ln B(a,b+x)/B(a,b), then its derivatives.
    var value = 0.0
    var byR = 0.0
    var byA = 0.0
    var byB = 0.0
  }

  private func rising(_ model: BetaGeometricModel) -> [Rising] {
    var sums: [Rising] = []
    sums.reserveCapacity(maximumFrequency + 1)
    var sum = Rising()
    sums.append(sum)
    for step in 0..<maximumFrequency {
      let stays = model.b + Double(step)
      sum.value += log(model.r + Double(step)) - log1p(model.a / stays)
      sum.byR += 1 / (model.r + Double(step))
      sum.byA -= 1 / (model.a + stays)
      sum.byB += model.a / (stays * (model.a + stays))
      sums.append(sum)
    }
    return sums
  }

  /// The log-likelihood at a model, and its derivatives by r, alpha, a and b.
  ///
  /// Per customer: ln Γ(r+x)/Γ(r) + ln B(a,b+x)/B(a,b) + r ln alpha − (r+x) ln(alpha+T) + ln(1 + e^d) with
  /// d = ln a/(b+x−1) + (r+x) ln (alpha+T)/(alpha+t_x), the last term only where x > 0.
  func value(at model: BetaGeometricModel, gradient: inout [Double]) -> Double {
    let sums = rising(model)
    let logA = log(model.a)
    var value = 0.0
    var byR = 0.0
    var byAlpha = 0.0
    var byA = 0.0
    var byB = 0.0
    for group in groups {
      let frequency = Double(group.frequency)
      let sum = sums[group.frequency]
      let shape = model.r + frequency
      let observed = model.alpha + group.ageWeeks
      let logObserved = log(observed)
      let growth = log1p(group.ageWeeks / model.alpha)
      var own = sum.value - model.r * growth - frequency * logObserved
      var ownByR = sum.byR - growth
      var ownByAlpha = model.r * group.ageWeeks / (model.alpha * observed) - frequency / observed
      var ownByA = sum.byA
      var ownByB = sum.byB
      if group.frequency > 0 {
        let recent = model.alpha + group.recencyWeeks
        let silence = logObserved - log(recent)
        let stops = model.b + frequency - 1
        let difference = logA - log(stops) + shape * silence
        let exponential = exp(-abs(difference))
        own += max(difference, 0) + log1p(exponential)
        let stopped = (difference > 0 ? 1 : exponential) / (1 + exponential)
        ownByR += stopped * silence
        ownByAlpha -= stopped * shape * (group.ageWeeks - group.recencyWeeks) / (observed * recent)
        ownByA += stopped / model.a
        ownByB -= stopped / stops
      }
      value += group.customers * own
      byR += group.customers * ownByR
      byAlpha += group.customers * ownByAlpha
      byA += group.customers * ownByA
      byB += group.customers * ownByB
    }
    gradient = [byR, byAlpha, byA, byB]
    return value
  }
}
