import Foundation

/// What a pair's agreement says of whether the two are one person: Fellegi and Sunter's model of record linkage (1969).
///
/// A field's level speaks for the pair as it is likelier between records of one person (m) than between those of two
/// (u). Fields that tell of each other, as a postal code of its town, would count twice; so each field may hang on one
/// other, on whose level its u then depends (the tree of Chow & Liu 1968). m does not: what disagrees together would make
/// a class of pairs of its own, which maximisation without labels takes for matches.
public struct MatchModel: Codable, Sendable {
  /// The fields, each after the one it hangs on.
  public var fields: [Field]
  /// Probability that two records taken at random are one person.
  public var prior: Double

  public struct Field: Codable, Sendable {
    public var field: MatchField
    /// Probability of each level between records of one person that both tell the field.
    public var m: [Double]
    /// Probability of each level between records of two people.
    public var u: [Double]
    /// The field it hangs on.
    public var parent: MatchField?
    /// u by the level of the field it hangs on.
    public var uGiven: [[Double]]

    /// Logarithm to base 2 of how much likelier the level is between records of one person.
    public func weight(of level: Int) -> Double { log2(m[level] / u[level]) }
  }

  public init(fields: [Field], prior: Double) {
    self.fields = fields
    self.prior = prior
  }
}

/// How likely it is that two records are one person, and why.
public struct MatchScore: Sendable {
  public var probability: Double
  /// Logarithm to base 2 of the odds.
  public var weight: Double
  public var findings: [Finding]

  /// What one field says.
  public struct Finding: Sendable {
    public var field: MatchField
    public var level: MatchLevel
    /// Logarithm to base 2 of how much likelier the level is between records of one person.
    public var weight: Double
  }
}

extension MatchModel {
  /// Weights of patterns, ready to be added up.
  struct Weights: Sendable {
    struct Field: Sendable {
      var index: Int
      /// Index of the field it hangs on, -1 where there is none.
      var parent: Int
      /// By level of the parent (0: it has none) and own level (0: none, which says nothing), eight each.
      var weight: [Double]
      /// By level of the parent: how much of the weight of full agreement its rarity may move, 0 to 1.
      var rarity: [Double]
      /// Probability that two people agree fully.
      var u: Double
    }

    var fields: [Field]
    var prior: Double

    init(_ model: MatchModel) {
      prior = log2(model.prior / (1 - model.prior))
      fields = model.fields.map { field in
        var weight = [Double](repeating: 0, count: 64)
        var rarity = [Double](repeating: 1, count: 8)
        for parent in 0..<8 {
          let u = parent > 0 && parent <= field.uGiven.count ? field.uGiven[parent - 1] : field.u
          for level in u.indices { weight[parent * 8 + level + 1] = log2(field.m[level] / u[level]) }
          let whole = log2(field.u[0])
          rarity[parent] = whole < -1e-9 ? min(1, max(0, log2(u[0]) / whole)) : 1
        }
        return Field(
          index: field.field.index, parent: field.parent?.index ?? -1, weight: weight, rarity: rarity, u: field.u[0])
      }
    }

    /// The weight of a pattern, without the rarity of what agrees.
    func weight(of pattern: MatchPattern) -> Double {
      var sum = prior
      for field in fields {
        let level = pattern[field.index]
        guard level > 0 else { continue }
        sum += field.weight[(field.parent < 0 ? 0 : pattern[field.parent]) * 8 + level]
      }
      return sum
    }
  }
}

/// The probability of odds whose logarithm to base 2 is this.
public func probability(ofWeight weight: Double) -> Double {
  1 / (1 + exp2(-weight))
}
