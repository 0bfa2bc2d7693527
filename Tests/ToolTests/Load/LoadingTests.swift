import ChannelIntegration
import Foundation
import JSON
import Synchronization
import TestSupport
import Testing

@testable import Tool

struct LoadingTests {
  /// Products enough for six calls.
  private static let products = (1...2600).map { number in
    ProductRow(
      sku: "SKU-\(number)", name: "Product \(number)", category: "article",
      price: .init(amount: "2.50", currency: "EUR"))
  }

  private var phases: [LoadPhase] {
    [
      LoadPhase(title: "first", kind: .products, rows: Array(Self.products.prefix(700))),
      LoadPhase(title: "second", kind: .products, rows: Array(Self.products.dropFirst(700))),
    ]
  }

  private static func quiet(_ title: String, _ total: Int, _ done: Int) -> ProgressBar {
    ProgressBar(title: title, total: total, done: done, isTerminal: false) { _ in }
  }

  private static func loading(
    _ service: TestService, _ state: StateFolder, identity: String = "one",
    interfere: @escaping @Sendable (_ answer: [UInt8]) throws -> [UInt8] = { $0 }
  ) -> Loading {
    Loading(
      identity: identity, placePath: state.loadPlace("test"),
      send: { part, key in
        let params = try JSONDocument(parsing: part.params).root
        return try interfere(
          try await service.respond(to: part.kind.method, params: params, as: .staff, key: key).json)
      }, progress: quiet)
  }

  @Test func `loading again changes nothing`() async throws {
    try await withStateFolder { state in
      try await withService(ChannelIntegrationService.self) { service in
        let first = try await Self.loading(service, state).run(phases)
        #expect(first.map(\.new) == [700, 1900])
        #expect(!FileManager.default.fileExists(atPath: state.loadPlace("test")))
        let again = try await Self.loading(service, state).run(phases)
        #expect(again.map(\.unchanged) == [700, 1900])
        #expect(again.allSatisfy { $0.new + $0.changed + $0.rejected == 0 })
      }
    }
  }

  @Test func `a load that was cut goes on where it was and counts every row once`() async throws {
    try await withStateFolder { state in
      try await withService(ChannelIntegrationService.self) { service in
        let answers = Atomic(0)
        // What is cut is the answer: the service has done the work already.
        let cut = Self.loading(service, state) { answer in
          if answers.add(1, ordering: .relaxed).newValue > 3 { throw Fault("The connection was cut.") }
          return answer
        }
        await #expect(throws: Fault.self) { try await cut.run(phases) }
        let place = try #require(LoadPlace.read(state.loadPlace("test"), identity: "one"))
        #expect(place.parts > 0)
        try Files.write("", to: state.loadPlace("test") + ".1.new", mode: 0o600)
        let sent = Atomic(0)
        let tallies = try await Self.loading(service, state) { answer in
          sent.add(1, ordering: .relaxed)
          return answer
        }.run(phases)
        #expect(tallies.map(\.new) == [700, 1900])
        #expect(tallies.map(\.unchanged) == [0, 0])
        #expect(sent.load(ordering: .relaxed) == 6 - place.parts)
        #expect(try FileManager.default.contentsOfDirectory(atPath: state.path + "/loads").isEmpty)
      }
    }
  }

  @Test func `another file begins anew`() async throws {
    try await withStateFolder { state in
      try await withService(ChannelIntegrationService.self) { service in
        let left = LoadPlace(identity: "other")
        try Files.makeFolder(state.path + "/loads", mode: 0o700)
        try left.write(state.loadPlace("test"))
        #expect(LoadPlace.read(state.loadPlace("test"), identity: "other") == left)
        #expect(try await Self.loading(service, state).run(phases).map(\.new) == [700, 1900])
      }
    }
  }

  @Test func `a rejected row is told by its number`() async throws {
    try await withStateFolder { state in
      try await withService(ChannelIntegrationService.self) { service in
        var rows = Self.products
        rows[1499].name = ""
        let phase = LoadPhase(title: "products", kind: .products, rows: rows)
        let tally = try #require(try await Self.loading(service, state).run([phase]).first)
        #expect(tally.new == 2599)
        #expect(tally.rejected == 1)
        #expect(tally.rejections.map(\.row) == [1500])
      }
    }
  }

  @Test func `a phase is cut by rows and by bytes`() throws {
    var parts = LoadParts(LoadPhase(title: "all", kind: .products, rows: Self.products))
    var rows: [Int] = []
    var first: [Int] = []
    while let part = try parts.next() {
      rows.append(part.rows)
      first.append(part.firstRow)
    }
    #expect(rows == [500, 500, 500, 500, 500, 100])
    #expect(first == [1, 501, 1001, 1501, 2001, 2501])

    let large = [String](repeating: String(repeating: "x", count: 900_000), count: 5)
    var largeParts = LoadParts(LoadPhase(title: "large", kind: .products, rows: large))
    var largeRows: [Int] = []
    while let part = try largeParts.next() { largeRows.append(part.rows) }
    #expect(largeRows == [2, 2, 1])
  }
}
