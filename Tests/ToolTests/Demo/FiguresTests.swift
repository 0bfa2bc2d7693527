import JSON
import Testing

@testable import Tool

struct FiguresTests {
  @Test func `numbers have a comma between thousands`() {
    #expect(Figures.number(1_234_567) == "1,234,567")
    #expect(Figures.number(999.6) == "1,000")
    #expect(Figures.number(-1234.5, decimals: 2) == "−1,234.50")
    #expect(Figures.number(nil) == "–")
    #expect(Figures.percent(0.366) == "37 %")
  }

  @Test func `money is told in cents below a thousand`() throws {
    let average = try JSONDocument(parsing: #"{"amount":"35.28","currency":"USD"}"#).root
    #expect(Figures.money(average) == "35.28 USD")
    let sum = try JSONDocument(parsing: #"{"amount":"8911407.90","currency":"GBP"}"#).root
    #expect(Figures.money(sum) == "8,911,408 GBP")
  }

  @Test func `parts that do not fit go on in the next line`() {
    var screen = Screen()
    screen.line("label", (0..<12).map { "part number \($0)" })
    #expect(screen.lines.count > 1)
    #expect(screen.lines.allSatisfy { $0.count <= 100 })
    #expect(screen.lines.dropFirst().allSatisfy { $0.hasPrefix("                   part") })
  }
}
