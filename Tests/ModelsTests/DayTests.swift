import Models
import Testing

struct DayTests {
  @Test func `every day from 1600 to 2400 has the numbers of the one before it plus one`() throws {
    let first = try #require(Day(year: 1600, month: 1, day: 1))
    let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    var (year, month, number) = (1600, 1, 1)
    for offset in 0..<292_194 {
      let day = first.adding(days: offset)
      #expect(day.civil == (year, month, number))
      #expect(Day(year: year, month: month, day: number) == day)
      let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
      number += 1
      if number > lengths[month - 1] + (isLeap && month == 2 ? 1 : 0) { (month, number) = (month + 1, 1) }
      if month > 12 { (year, month) = (year + 1, 1) }
    }
  }

  @Test(arguments: ["2026-02-29", "2026-13-01", "2026-00-10", "2026-1-01", "26-01-01", "2026-01-01T00:00:00Z", ""])
  func `what is no day is none`(text: String) {
    #expect(Day(text) == nil)
  }

  @Test func `a day is written as it is read`() throws {
    #expect(try #require(Day("2024-02-29")).description == "2024-02-29")
    #expect(Day(daysSinceEpoch: 0).description == "1970-01-01")
    #expect(Day(daysSinceEpoch: -1).description == "1969-12-31")
  }
}
