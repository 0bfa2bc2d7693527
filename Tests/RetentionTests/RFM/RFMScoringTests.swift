import TestSupport
import Datasets
import Models
import Retention
import Testing

struct RFMScoringTests {
  private func customers(_ count: Int) -> [RFMMeasures] {
    (1...count).map { RFMMeasures(recencyDays: $0, frequency: $0, monetaryValue: Double($0) * 10) }
  }

  @Test func `Cut points are quantiles of type 7 plus 1`() throws {
    // R: quantile(1:10, c(.2, .4, .6, .8)) gives 2.8 4.6 6.4 8.2.
    let scoring = try #require(RFMScoring(customers(10)))
    for (cut, expected) in zip(scoring.frequencyCuts, [3.8, 5.6, 7.4, 9.2]) {
      #expect(isClose(cut, expected, within: 1e-12))
    }
    for (cut, expected) in zip(scoring.monetaryValueCuts, [29.0, 47, 65, 83]) {
      #expect(isClose(cut, expected, within: 1e-12))
    }
    #expect(scoring.recencyCuts == scoring.frequencyCuts)
  }

  @Test func `A value that reaches a cut point scores above it and recency counts downwards`() throws {
    // R: quantile(0:100 * 10, …) gives 200 400 600 800.
    let scoring = try #require(
      RFMScoring((0...100).map { RFMMeasures(recencyDays: $0 * 10, frequency: $0 * 10, monetaryValue: 7) }))
    #expect(scoring.frequencyCuts == [201, 401, 601, 801])
    for (value, score) in [(0, 1), (200, 1), (201, 2), (400, 2), (401, 3), (801, 5), (1000, 5), (5000, 5)] {
      let scores = scoring.scores(RFMMeasures(recencyDays: value, frequency: value, monetaryValue: 7))
      #expect(scores == RFMScores(recency: 6 - score, frequency: score, monetaryValue: 1))
    }
  }

  @Test(arguments: RFMScoring.allowedBins)
  func `Scores run from 1 to the number of bins`(bins: Int) throws {
    let customers = customers(500)
    let scoring = try #require(RFMScoring(customers, bins: bins))
    let scores = customers.map(scoring.scores)
    #expect(scoring.frequencyCuts.count == bins - 1)
    #expect(Set(scores.map(\.recency)) == Set(1...bins))
    #expect(Set(scores.map(\.frequency)) == Set(1...bins))
    #expect(Set(scores.map(\.monetaryValue)) == Set(1...bins))
    #expect(scoring.segment(RFMMeasures(recencyDays: 0, frequency: 500, monetaryValue: 5000)) == .champions)
    #expect(scoring.segment(RFMMeasures(recencyDays: 500, frequency: 1, monetaryValue: 10)) == .lost)
  }

  @Test(arguments: [Int.min, -1, 0, 1, 11])
  func `Other numbers of bins are refused`(bins: Int) {
    #expect(RFMScoring(customers(10), bins: bins) == nil)
  }

  @Test func `Nobody makes no scale and one customer makes one`() {
    #expect(RFMScoring([]) == nil)
    let customer = RFMMeasures(recencyDays: 3, frequency: 1, monetaryValue: 10)
    #expect(RFMScoring([customer])?.scores(customer) == RFMScores(recency: 5, frequency: 1, monetaryValue: 1))
  }

  // The rows printed in the documentation of rfm 0.3, with the cut points of its 995 customers.
  @Test(arguments: [
    (343, RFMSegment.potentialLoyalist), (412, .newCustomers), (323, .loyalCustomers), (544, .potentialLoyalist),
    (433, .potentialLoyalist), (555, .champions), (111, .lost), (253, .needAttention), (145, .cannotLoseThem),
    (154, .atRisk), (211, .aboutToSleep), (315, .promising), (251, .others),
  ])
  func `Scores fall into the first segment that holds them`(score: Int, segment: RFMSegment) {
    #expect(
      RFMSegment(RFMScores(recency: score / 100, frequency: score / 10 % 10, monetaryValue: score % 10)) == segment)
  }

  @Test func `Ten bins fall into the segments of five pair by pair`() {
    for score in 1...10 {
      let five = (score + 1) / 2
      #expect(
        RFMSegment(RFMScores(recency: score, frequency: score, monetaryValue: score), bins: 10)
          == RFMSegment(RFMScores(recency: five, frequency: five, monetaryValue: five)))
    }
  }

  @Test(.enabled(if: DatasetFolders.reference != nil))
  func `All 995 customers of the package's orders score as there`() throws {
    let folder = try #require(DatasetFolders.reference)
    let orders = try CSVReader(path: "\(folder)/rfm-orders/rfm_data_orders.csv")
    let orderPlaces = try orders.columns("customer_id", "order_date", "revenue")
    let analysis = try #require(Day("2006-12-31"))
    var measures: [String: RFMMeasures] = [:]
    while let fields = try orders.next() {
      let day = try #require(Day(fields[orderPlaces[1]]))
      let revenue = try #require(Double(fields[orderPlaces[2]]))
      let recency = analysis.daysSinceEpoch - day.daysSinceEpoch
      var own =
        measures[fields[orderPlaces[0]]] ?? RFMMeasures(recencyDays: recency, frequency: 0, monetaryValue: 0)
      own.recencyDays = min(own.recencyDays, recency)
      own.frequency += 1
      own.monetaryValue += revenue
      measures[fields[orderPlaces[0]]] = own
    }
    let scoring = try #require(RFMScoring(Array(measures.values)))
    for (found, expected) in [
      (scoring.recencyCuts, [115, 181, 297.4, 482]), (scoring.frequencyCuts, [4, 5, 6, 8]),
      (scoring.monetaryValueCuts, [255.8, 382, 506.4, 666]),
    ] {
      for (cut, published) in zip(found, expected) { #expect(isClose(cut, published, within: 1e-12)) }
    }

    let expected = try CSVReader(path: "\(folder)/rfm-orders/expected_rfm.csv")
    let places = try expected.columns("customer_id", "rfm_score", "segment", "recency_days", "transaction_count")
    var rows = 0
    while let fields = try expected.next() {
      let own = try #require(measures[fields[places[0]]])
      let scores = scoring.scores(own)
      let digits = "\(scores.recency)\(scores.frequency)\(scores.monetaryValue)"
      #expect(digits == fields[places[1]])
      #expect(scoring.segment(own).title == fields[places[2]])
      #expect(own.recencyDays == Int(fields[places[3]]))
      #expect(own.frequency == Int(fields[places[4]]))
      rows += 1
    }
    #expect(rows == 995)
    #expect(measures.count == 995)
  }
}
