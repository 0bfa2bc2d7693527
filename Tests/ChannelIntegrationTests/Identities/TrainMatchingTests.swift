import CustomerBase
import Models
import Testing
import TestSupport

@testable import ChannelIntegration
@testable import Server

struct TrainMatchingTests {
  @Test func `training tells what it found of each field and level`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      try await service.fill(.shop, with: .small)
      let job = try await service.finished(TrainMatching(sources: [.shop]))
      let report = try job.result(as: MatchTrainingReport.self)
      #expect(report.sources == [.shop])
      #expect(report.records == MatchPopulation.small.people.count)
      #expect(Set(report.fields.map(\.field)) == [.givenName, .familyName, .dateOfBirth, .locality, .street])
      #expect(abs(report.expectedMatches - 50) < 5)
      for field in report.fields {
        #expect(abs(field.levels.reduce(0) { $0 + $1.m } - 1) < 1e-9)
        #expect(abs(field.levels.reduce(0) { $0 + $1.u } - 1) < 1e-9)
        #expect((field.levels.first?.weight ?? 0) > 0, "\(field.field)")
        #expect((field.levels.last?.weight ?? 0) < 0, "\(field.field)")
      }
      let kept: [String] = try await service.database.shared.all("SELECT scope FROM base.match_models")
      #expect(kept == [#"["shop"]"#])
    }
  }

  @Test func `training nobody, or people who tell nothing, ends well`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let nobody = try await service.finished(TrainMatching())
      #expect(nobody.state == .succeeded)
      _ = try await service.person("1")
      _ = try await service.person("2", ["plan": "gold"])
      let nothing = try await service.finished(TrainMatching())
      #expect(try nothing.result(as: MatchTrainingReport.self).records == 0)
    }
  }

  @Test func `a probability is 0 to 1, and writing needs its scope`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let refused = try await service.refusal("identities.train", #"{"linkAbove": 1.5}"#)
      #expect(refused.paths == ["/params/linkAbove"])
      let reader = Principal.service(scopes: ["identities:read"])
      #expect(try await service.refusal(of: TrainMatching(), as: reader)?.type == "forbidden")
    }
  }
}
