import Models
import Testing

struct TimestampTests {
  @Test(arguments: [
    ("2026-01-31T12:00:00Z", "2026-01-31T12:00:00Z"),
    ("2026-01-31T12:00:00.5Z", "2026-01-31T12:00:00.500Z"),
    ("2026-01-31T12:00:00.123456789Z", "2026-01-31T12:00:00.123456Z"),
    ("2026-01-31t12:00:00z", "2026-01-31T12:00:00Z"),
    ("2026-01-01T00:30:00+01:00", "2025-12-31T23:30:00Z"),
    ("2025-12-31T23:30:00-01:00", "2026-01-01T00:30:00Z"),
    ("1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"),
  ])
  func `a moment is written in UTC`(text: String, written: String) throws {
    #expect(try #require(Timestamp(text)).description == written)
  }

  @Test(arguments: [
    "2026-01-31", "2026-01-31T12:00:00", "2026-01-31 12:00:00Z", "2026-01-31T24:00:00Z", "2026-01-31T12:60:00Z",
    "2026-02-30T12:00:00Z", "2026-01-31T12:00:00.Z", "2026-01-31T12:00:00+0100", "tomorrow", "",
    "0000-12-31T23:59:59Z", "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01",
  ])
  func `what is no moment is none`(text: String) {
    #expect(Timestamp(text) == nil)
  }

  @Test func `a moment before the epoch is on the day before`() {
    #expect(Timestamp(microsecondsSinceEpoch: -1).day == Day(daysSinceEpoch: -1))
  }
}
