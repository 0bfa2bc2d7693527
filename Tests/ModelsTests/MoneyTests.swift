import Foundation
import Models
import Testing

struct MoneyTests {
  @Test(arguments: [
    ("30", "EUR", "30.00"), ("79.9", "EUR", "79.90"), ("0.125", "EUR", "0.125"), ("-5", "EUR", "-5.00"),
    ("1000", "JPY", "1000"), ("1.5", "KWD", "1.500"),
  ])
  func `an amount is written with its currency's decimals at least`(amount: String, currency: String, written: String)
    throws
  {
    let money = Money(amount: try #require(Amount(amount)), currency: try #require(Currency(currency)))
    let json = String(decoding: try JSONEncoder().encode(money), as: UTF8.self)
    #expect(json.contains("\"amount\":\"\(written)\""))
  }

  @Test(arguments: ["", "-", ".5", "5.", "1e3", "1,5", "1.2.3", "--1", "0x10", "NaN", " 1"])
  func `what is no plain decimal is no amount`(text: String) {
    #expect(Amount(text) == nil)
  }

  @Test func `thirty-eight digits are kept exactly`() throws {
    let text = "12345678901234567890123456789012345.678"
    #expect(try #require(Amount(text)).description == text)
  }

  @Test func `a currency has three capital letters`() {
    #expect(Currency("EUR") != nil)
    #expect(Currency("eur") == nil)
    #expect(Currency("EURO") == nil)
  }
}
