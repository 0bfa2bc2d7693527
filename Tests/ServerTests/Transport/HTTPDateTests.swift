import Models
import Testing

@testable import Server

@Suite struct HTTPDateTests {
  @Test func `the date is written as RFC 9110 shows it`() throws {
    let date = HTTPDate()
    #expect(date.text(at: try #require(Timestamp("1994-11-06T08:49:37.9Z"))) == "Sun, 06 Nov 1994 08:49:37 GMT")
    #expect(date.text(at: try #require(Timestamp("2024-02-29T23:59:59Z"))) == "Thu, 29 Feb 2024 23:59:59 GMT")
    #expect(date.text(at: try #require(Timestamp("1970-01-01T00:00:00Z"))) == "Thu, 01 Jan 1970 00:00:00 GMT")
  }
}
