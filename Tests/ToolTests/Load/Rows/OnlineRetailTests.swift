import ChannelIntegration
import Datasets
import Foundation
import JSON
import PerformanceMeasurement
import TestSupport
import Testing

@testable import Tool

struct OnlineRetailTests {
  /// The table of the retention of Online Retail's monthly cohorts, from the reference results.
  @Test(.enabled(if: DatasetFolders.reference != nil))
  func `the cohorts of Online Retail come out as the reference has them`() async throws {
    let folder = try #require(DatasetFolders.reference) + "/online-retail"
    try await withStateFolder { state in
      try await withService(ChannelIntegrationService.self) { service in
        let phases = try OnlineRetail.phases("\(folder)/online_retail.csv.gz")
        #expect(phases.map(\.count) == [3665, 18_532])
        let loading = Loading(
          identity: "", placePath: state.loadPlace("online-retail"),
          send: { part, key in
            let params = try JSONDocument(parsing: part.params).root
            return try await service.respond(to: part.kind.method, params: params, as: .staff, key: key).json
          },
          progress: { title, total, done in
            ProgressBar(title: title, total: total, done: done, isTerminal: false) { _ in }
          })
        #expect(try await loading.run(phases).map(\.new) == [3665, 18_532])

        let report = try await service.beside(PerformanceMeasurementService.self).call(
          "cohorts.report", #"{"grain":"month","from":"2010-12-01","to":"2011-12-10","source":"online-retail"}"#)
        #expect(cells(report) == (try expectedCells("\(folder)/expected_cohort_retention.csv")))
      }
    }
  }

  private func cells(_ report: JSONNode) -> [String] {
    report.list("cohorts").flatMap { cohort in
      cohort.list("periods").map { period in
        let month = (cohort["start"]?.string ?? "").prefix(7)
        let share = String(format: "%.4f", period["retention"]?.double ?? -1)
        return "\(month) \(period["period"]?.integer ?? -1) \(period["customers"]?.integer ?? -1) \(share)"
      }
    }
  }

  private func expectedCells(_ path: String) throws -> [String] {
    let reader = try CSVReader(path: path)
    let places = try reader.columns("cohort", "k", "customers", "retention")
    var cells: [String] = []
    while let fields = try reader.next() {
      let share = String(format: "%.4f", Double(fields[places[3]]) ?? -2)
      cells.append("\(fields[places[0]]) \(fields[places[1]]) \(fields[places[2]]) \(share)")
    }
    return cells
  }
}
