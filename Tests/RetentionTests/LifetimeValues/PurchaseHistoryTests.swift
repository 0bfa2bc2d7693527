import Models
import Retention
import Testing

struct PurchaseHistoryTests {
  private func day(_ number: Int) -> Day { Day(daysSinceEpoch: 10_000 + number) }

  @Test func `Purchases of a day count once with their amounts added up`() {
    let purchases = [
      Purchase(day: day(14), amount: 20), Purchase(day: day(0), amount: 7), Purchase(day: day(14), amount: 5),
      Purchase(day: day(0), amount: 1), Purchase(day: day(21), amount: 15), Purchase(day: day(36), amount: 99),
    ]
    #expect(
      PurchaseHistory(purchases, through: day(35))
        == PurchaseHistory(frequency: 2, recencyWeeks: 3, ageWeeks: 5, meanRepeatSpend: 20))
  }

  @Test func `A single purchase is no repeat`() {
    #expect(
      PurchaseHistory([Purchase(day: day(0), amount: 7)], through: day(7))
        == PurchaseHistory(frequency: 0, recencyWeeks: 0, ageWeeks: 1, meanRepeatSpend: 0))
  }

  @Test func `Who bought only later has no history`() {
    let purchases = [Purchase(day: day(8), amount: 7)]
    #expect(PurchaseHistory(purchases, through: day(7)) == nil)
    #expect(ObservedCustomer(purchases, calibrationEnd: day(7), observationEnd: day(20)) == nil)
    #expect(PurchaseHistory([], through: day(7)) == nil)
  }

  @Test func `The hold-out counts days after calibration through the end of observation`() {
    let purchases = [0, 7, 8, 8, 20, 21].map { Purchase(day: day($0), amount: 1) }
    let customer = ObservedCustomer(purchases, calibrationEnd: day(7), observationEnd: day(20))
    #expect(customer?.holdoutPurchases == 2)
    #expect(customer?.history.frequency == 1)
  }
}
