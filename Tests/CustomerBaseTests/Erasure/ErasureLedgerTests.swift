import Foundation
import Models
import Testing

@testable import CustomerBase

struct ErasureLedgerTests {
  private func withLedger(_ body: (ErasureLedger) throws -> Void) throws {
    let path = FileManager.default.temporaryDirectory.path + "/ecrm-test-ledger-\(UInt64.random(in: .min ... .max))"
    defer { unlink(path) }
    try body(ErasureLedger(path: path))
  }

  private func erasure(_ number: UInt64, at seconds: Int64 = 0) -> Erasure {
    Erasure(
      erasure: ID(high: 1, low: number), at: Timestamp(secondsSinceEpoch: seconds),
      profiles: [ID(high: 2, low: number)], key: "erasure-1", hashes: [[0, 255, 16]])
  }

  @Test func `what is appended is read again, for its owner alone`() throws {
    try withLedger { ledger in
      #expect(try ledger.erasures() == [])
      try ledger.append(erasure(1))
      try ledger.append(erasure(2))
      #expect(try ledger.erasures() == [erasure(1), erasure(2)])
      #expect(try ledger.erasures().first?.hashes == ["00ff10"])
      var information = stat()
      #expect(stat(ledger.path, &information) == 0 && information.st_mode & 0o777 == 0o600)
    }
  }

  @Test func `a line that a crash cut off does not count, and the next one stands on its own`() throws {
    try withLedger { ledger in
      try ledger.append(erasure(1))
      let whole = try #require(FileManager.default.contents(atPath: ledger.path))
      try (whole + Data(#"{"at":"2026-"#.utf8)).write(to: URL(fileURLWithPath: ledger.path))
      #expect(try ledger.erasures() == [erasure(1)])
      try ledger.append(erasure(2))
      #expect(try ledger.erasures() == [erasure(1), erasure(2)])
    }
  }

  @Test func `a line in between that is none is told by its number`() throws {
    try withLedger { ledger in
      try Data("rubbish\n".utf8).write(to: URL(fileURLWithPath: ledger.path))
      let error = #expect(throws: LedgerError.self) { try ledger.erasures() }
      #expect(error?.description.contains("line 1") == true)
    }
  }

  @Test func `ledgers are joined by their erasures, in the order of time`() throws {
    let (one, two, three) = (erasure(1, at: 30), erasure(2, at: 10), erasure(3, at: 20))
    #expect(ErasureLedger.union([[one, two], [two, three]]) == [two, three, one])
  }

  @Test func `hexadecimal digits are read as they are written`() {
    #expect(bytes(hexadecimal: ([0, 9, 171, 255] as [UInt8]).hexadecimal) == [0, 9, 171, 255])
    #expect(bytes(hexadecimal: "abc") == nil)
    #expect(bytes(hexadecimal: "zz") == nil)
  }
}
