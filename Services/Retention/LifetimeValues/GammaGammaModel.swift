import Foundation

/// The Gamma-Gamma model of spending: what a customer pays scatters around a mean of their own, and these means
/// scatter over customers.
///
/// A payment is Gamma(p, ν) with ν spread as Gamma(q, v) (Fader & Hardie 2013, "The Gamma-Gamma Model of Monetary
/// Value", brucehardie.com/notes/025). q is above 1, without which the mean spend of all customers would be infinite.
public struct GammaGammaModel: Hashable, Codable, Sendable {
  /// Shape of the payments of one customer.
  public var p: Double
  /// Shape of the spread over customers, above 1.
  public var q: Double
  /// Rate of the spread over customers, in units of money.
  public var v: Double

  public init(p: Double, q: Double, v: Double) {
    self.p = p
    self.q = q
    self.v = v
  }

  /// A model fitted to histories, and how well it explains them.
  public struct Fit: Hashable, Codable, Sendable {
    /// The parameters of highest likelihood.
    public var model: GammaGammaModel
    /// Logarithm of the likelihood there.
    public var logLikelihood: Double
    /// Customers that the fit rests on: those with a repeat purchase of a positive amount.
    public var customers: Int
  }

  /// What to expect of a customer's next payment: equation 5 of the note.
  ///
  /// Between the customer's own mean and that of all customers, nearer to the own the more payments there were; that
  /// of all customers where there was no repeat payment or its mean is not positive.
  public func expectedSpend(_ history: PurchaseHistory) -> Double {
    guard history.frequency > 0, history.meanRepeatSpend > 0 else { return p * v / (q - 1) }
    let frequency = Double(history.frequency)
    return p * (v + history.meanRepeatSpend * frequency) / (p * frequency + q - 1)
  }

  /// The logarithm of the likelihood of these histories: the sum of the logarithms of equation 1a of the note.
  ///
  /// Histories without a repeat purchase of a positive amount say nothing and are left out.
  public func logLikelihood(of histories: some Sequence<PurchaseHistory>) -> Double {
    var gradient = [0.0, 0, 0]
    return GammaGammaLikelihood(histories).value(at: self, gradient: &gradient)
  }

  /// The model of highest likelihood for these histories; nil when nobody paid again.
  public static func fit(_ histories: some Sequence<PurchaseHistory>) -> Fit? {
    let likelihood = GammaGammaLikelihood(histories)
    guard likelihood.customers > 0 else { return nil }
    // v is searched in units of the mean spend, so that the currency does not matter.
    let unit = likelihood.meanSpend
    let search = QuasiNewton(bounds: [-10...12, -7...12, -12...20])
    let best = search.maximum(from: [0, 0.5, 0]) { point, gradient in
      let model = GammaGammaModel(exponents: point, unit: unit)
      let value = likelihood.value(at: model, gradient: &gradient)
      gradient[0] *= model.p
      gradient[1] *= model.q - 1
      gradient[2] *= model.v
      return value
    }
    return best.map {
      Fit(
        model: GammaGammaModel(exponents: $0.point, unit: unit), logLikelihood: $0.value,
        customers: likelihood.customers)
    }
  }

  private init(exponents: [Double], unit: Double) {
    self.init(p: exp(exponents[0]), q: 1 + exp(exponents[1]), v: unit * exp(exponents[2]))
  }
}

/// Histories prepared for many evaluations of their likelihood: gamma functions depend on the frequency alone.
private struct GammaGammaLikelihood {
  private struct Group {
    var frequency: Double
    var totals: [Double]
  }

  private var groups: [Group] = []
  private var sumOfLogMeans = 0.0
  private(set) var customers = 0
  private(set) var meanSpend = 0.0

  init(_ histories: some Sequence<PurchaseHistory>) {
    var means: [Int: [Double]] = [:]
    for history in histories where history.frequency > 0 && history.meanRepeatSpend > 0 {
      means[history.frequency, default: []].append(history.meanRepeatSpend)
    }
    for (frequency, means) in means.sorted(by: { $0.key < $1.key }) {
      groups.append(Group(frequency: Double(frequency), totals: means.map { $0 * Double(frequency) }))
      customers += means.count
      meanSpend += means.reduce(0, +)
      sumOfLogMeans += means.reduce(0) { $0 + log($1) }
    }
    if customers > 0 { meanSpend /= Double(customers) }
  }

  /// The log-likelihood at a model, and its derivatives by p, q and v.
  ///
  /// Per customer with x payments of mean m and sum z: ln Γ(px+q) − ln Γ(px) − ln Γ(q) − px ln(1 + v/z)
  /// − q ln(1 + z/v) − ln m.
  func value(at model: GammaGammaModel, gradient: inout [Double]) -> Double {
    let (logGammaQ, digammaQ) = (logGamma(model.q), digamma(model.q))
    var value = -sumOfLogMeans
    var byP = 0.0
    var byQ = 0.0
    var byV = 0.0
    for group in groups {
      let count = Double(group.totals.count)
      let shape = model.p * group.frequency
      var logOwn = 0.0
      var logOthers = 0.0
      var byScale = 0.0
      for total in group.totals {
        logOwn += log1p(model.v / total)
        logOthers += log1p(total / model.v)
        byScale += (model.q * total / model.v - shape) / (model.v + total)
      }
      let digammaBoth = digamma(shape + model.q)
      value += count * (logGamma(shape + model.q) - logGamma(shape) - logGammaQ)
      value -= shape * logOwn + model.q * logOthers
      byP += group.frequency * (count * (digammaBoth - digamma(shape)) - logOwn)
      byQ += count * (digammaBoth - digammaQ) - logOthers
      byV += byScale
    }
    gradient = [byP, byQ, byV]
    return value
  }
}

/// ln Γ(x) for x > 0.
private func logGamma(_ x: Double) -> Double {
  // Stirling's series from 10 on, and Γ(x+1) = xΓ(x) below (Abramowitz & Stegun 1964, 6.1.41 and 6.1.15).
  var argument = x
  var product = 1.0
  while argument < 10 {
    product *= argument
    argument += 1
  }
  let square = 1 / (argument * argument)
  let tail =
    (1 / 12.0
      - square
      * (1 / 360.0 - square * (1 / 1260.0 - square * (1 / 1680.0 - square * (1 / 1188.0 - square * 691 / 360_360)))))
    / argument
  return (argument - 0.5) * log(argument) - argument + 0.5 * log(2 * Double.pi) + tail - log(product)
}

/// The derivative of ln Γ(x) for x > 0.
private func digamma(_ x: Double) -> Double {
  // The asymptotic series from 10 on, and ψ(x+1) = ψ(x) + 1/x below (Abramowitz & Stegun 1964, 6.3.18 and 6.3.5).
  var argument = x
  var sum = 0.0
  while argument < 10 {
    sum -= 1 / argument
    argument += 1
  }
  let square = 1 / (argument * argument)
  let tail =
    square
    * (1 / 12.0 - square * (1 / 120.0 - square * (1 / 252.0 - square * (1 / 240.0 - square * (5 / 660.0)))))
  return sum + log(argument) - 0.5 / argument - tail
}
