import Models
import Server

/// Customers by recency, frequency and monetary value: how many in each cell and in each segment.
///
/// Scores, cut points and segments as in the R package rfm 0.3. With no customers the lists are empty.
struct ReportRFM: Profiling {
  static let name = "rfm.report"
  static let access = Access.report(.rfm)

  /// Day of the analysis, UTC; orders after it do not count.
  var asOf: Day
  /// Scores in each measure, 2 to 10; 5 when absent.
  var bins: Int?
  /// Only orders of this source.
  var source: SourceName?

  static func example(in _: ExampleData) -> ReportRFM { ReportRFM(asOf: ExampleData.now.day) }

  func run(_ call: Call) async throws -> RFMReport {
    let bins = bins ?? 5
    guard RFMScoring.allowedBins.contains(bins) else {
      throw InvalidParam(path: "/params/bins", rule: "range", message: "must be 2 to 10")
    }
    let customers = try await measuredCustomers(asOf: asOf, source: source, in: call.database)
    guard let scoring = RFMScoring(customers.map(\.measures), bins: bins) else {
      return RFMReport(asOf: asOf, timeZone: "UTC", bins: bins, customers: 0, cutPoints: nil, cells: [], segments: [])
    }
    var cells: [RFMScores: RFMCell] = [:]
    var segments: [RFMSegment: RFMSegmentCount] = [:]
    for customer in customers {
      let scores = scoring.scores(customer.measures)
      cells[scores, default: RFMCell(scores)].customers += 1
      let segment = scoring.segment(customer.measures)
      segments[segment, default: RFMSegmentCount(segment)].add(customer.measures, of: customers.count)
    }
    return RFMReport(
      asOf: asOf, timeZone: "UTC", bins: bins, customers: customers.count,
      cutPoints: RFMCutPoints(
        recencyDays: scoring.recencyCuts, frequency: scoring.frequencyCuts,
        monetaryValue: scoring.monetaryValueCuts),
      cells: cells.values.sorted { ($0.recency, $0.frequency, $0.monetary) < ($1.recency, $1.frequency, $1.monetary) },
      segments: segments.values.sorted { ($1.customers, $0.segment.rawValue) < ($0.customers, $1.segment.rawValue) })
  }
}

/// Customers by recency, frequency and monetary value on a day.
struct RFMReport: Codable, Sendable {
  /// Day of the analysis, UTC.
  var asOf: Day
  /// Time zone that days are of.
  var timeZone: String
  /// Scores in each measure.
  var bins: Int
  /// Customers who had bought by that day.
  var customers: Int
  /// Where one score ends and the next begins; absent without customers.
  var cutPoints: RFMCutPoints?
  /// Cells that have customers.
  var cells: [RFMCell]
  /// Segments that have customers, the largest first.
  var segments: [RFMSegmentCount]
}

/// Where one score ends and the next begins, ascending.
struct RFMCutPoints: Codable, Sendable {
  /// Cuts in days since the last order.
  var recencyDays: [Double]
  /// Cuts in orders.
  var frequency: [Double]
  /// Cuts in units of the currency.
  var monetaryValue: [Double]
}

/// Customers with the same three scores.
struct RFMCell: Codable, Sendable {
  /// Score of the days since the last order, the highest for the most recent.
  var recency: Int
  /// Score of the number of orders.
  var frequency: Int
  /// Score of the sum of amounts.
  var monetary: Int
  /// Customers in the cell.
  var customers: Int

  init(_ scores: RFMScores) {
    recency = scores.recency
    frequency = scores.frequency
    monetary = scores.monetaryValue
    customers = 0
  }
}

/// Customers of a segment.
struct RFMSegmentCount: Codable, Sendable {
  /// The segment.
  var segment: RFMSegment
  /// Name people know it by.
  var title: String
  /// Customers in it.
  var customers: Int
  /// Part of all customers, 0 to 1.
  var share: Double
  /// Sum of their orders' amounts, in units of the currency.
  var monetaryValue: Double

  init(_ segment: RFMSegment) {
    self.segment = segment
    title = segment.title
    customers = 0
    share = 0
    monetaryValue = 0
  }

  mutating func add(_ measures: RFMMeasures, of all: Int) {
    customers += 1
    share = Double(customers) / Double(all)
    monetaryValue += measures.monetaryValue
  }
}
