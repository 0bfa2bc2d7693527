import Testing

@testable import Server

struct WakeTests {
  @Test func `whoever waits is woken, also where that came before`() async {
    let wake = Wake()
    let heard = wake.count
    let waiting = Task { await wake.wait(after: heard, atMost: .seconds(600)) }
    wake.wake()
    await waiting.value
    await wake.wait(after: heard, atMost: .seconds(600))
    #expect(wake.count == heard + 1)
  }

  @Test func `nobody waits longer than they will`() async {
    let wake = Wake()
    await wake.wait(after: wake.count, atMost: .milliseconds(10))
    let waiting = Task { await wake.wait(after: wake.count, atMost: .seconds(600)) }
    waiting.cancel()
    await waiting.value
  }
}
