import Foundation

/// The BG/NBD model of repeat purchases: customers buy at a rate of their own until, after some purchase, they stop
/// for good.
///
/// Rates are spread over customers as Gamma(r, alpha), chances of stopping after a purchase as Beta(a, b) (Fader,
/// Hardie & Lee 2005, "Counting Your Customers" the Easy Way: An Alternative to the Pareto/NBD Model, Marketing
/// Science 24(2), 275–284). Times are in weeks. Every answer is finite.
public struct BetaGeometricModel: Hashable, Codable, Sendable {
  /// Shape of the spread of purchase rates.
  public var r: Double
  /// Rate of the spread of purchase rates, in weeks: r/alpha is the mean number of purchases a week.
  public var alpha: Double
  /// First shape of the spread of chances to stop: a/(a+b) is their mean.
  public var a: Double
  /// Second shape of the spread of chances to stop.
  public var b: Double

  public init(r: Double, alpha: Double, a: Double, b: Double) {
    self.r = r
    self.alpha = alpha
    self.a = a
    self.b = b
  }

  /// The probability that the customer has not stopped, 1 for a customer without a repeat purchase.
  ///
  /// Follows from equation 6 of the paper by Bayes' rule (Fader, Hardie & Lee 2008, "Computing P(alive) Using the
  /// BG/NBD Model").
  public func probabilityAlive(_ history: PurchaseHistory) -> Double {
    guard history.frequency > 0 else { return 1 }
    let frequency = Double(history.frequency)
    let logOdds =
      log(a / (b + frequency - 1))
      + (r + frequency) * log((alpha + history.ageWeeks) / (alpha + history.recencyWeeks))
    return 1 / (1 + exp(logOdds))
  }

  /// The number of purchases to expect of this customer in the coming weeks: equation 10 of the paper.
  ///
  /// 0 for a horizon that is not positive and finite. The time it takes grows with the number of purchases that a customer who
  /// never stops would make: some microseconds for a year.
  public func expectedPurchases(_ history: PurchaseHistory, weeks: Double) -> Double {
    probabilityAlive(history)
      * expectedPurchasesOfTheLiving(frequency: Double(history.frequency), ageWeeks: history.ageWeeks, weeks: weeks)
  }

  /// The number of repeat purchases to expect of a customer who has just made the first: equation 9 of the paper.
  public func expectedPurchasesOfNewCustomer(weeks: Double) -> Double {
    expectedPurchasesOfTheLiving(frequency: 0, ageWeeks: 0, weeks: weeks)
  }

  /// The expected purchases of a customer who is alive, as a sum of positive terms.
  ///
  /// Equations 9 and 10 subtract a hypergeometric function from 1 and divide by a − 1; both lose all digits where a is
  /// near 1 or b is large, and 2F1 is negative, so without a logarithm, where x = 0 and a + b < 1. The same value is
  /// the mean over n of how many of n purchases a customer lives to make: n is negative binomial with shape
  /// s = r + x and chance y = t/(alpha + T + t), and purchase k + 1 is made with probability
  /// B(a, b + x + k)/B(a, b + x). (Expand (1 + pt/(alpha+T))^−s in powers of 1 − p, and divide 1 − (1 − p)^n by p.)
  /// Nothing is subtracted, and where a/(a+b) tends to 0 the mean is s·t/(alpha + T), as of a Gamma-Poisson process.
  private func expectedPurchasesOfTheLiving(frequency: Double, ageWeeks: Double, weeks: Double) -> Double {
    guard weeks > 0, weeks.isFinite else { return 0 }
    let shape = r + frequency
    let observed = alpha + ageWeeks
    let chance = weeks / (observed + weeks)
    let stays = b + frequency

    // The probability of n = 0 underflows for very frequent buyers. Then a part of its logarithm, at least 100, is
    // owed until the running product has grown to 1; what is left out before adds less than the rounding.
    let logStart = -shape * log1p(weeks / observed)
    guard logStart.isFinite else { return 0 }
    var owed = logStart < -700 ? logStart + 600 : 0
    var probability = exp(logStart - owed)
    var alive = 1.0
    var made = 0.0
    var sum = 0.0
    var count = 0.0
    while true {
      let ratio = chance * (shape + count) / (count + 1)
      probability *= ratio
      made += alive
      alive *= (stays + count) / (a + stays + count)
      count += 1
      if owed < 0 {
        if probability > 1 {
          let paid = owed < -700 ? -600 : owed
          probability *= exp(paid)
          owed -= paid
        }
        continue
      }
      sum += probability * made
      // From here on the probabilities fall at least as fast as powers of `bound`; `made` grows by 1 at most.
      let bound = max(chance, ratio)
      guard bound < 1 else { continue }
      let rest = probability * bound / (1 - bound) * (made + 1 / (1 - bound))
      guard rest > 1e-14 * sum else { return sum }
    }
  }
}
