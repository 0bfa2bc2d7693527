import Testing

@testable import Tool

struct RetryTests {
  private func refusal(retryable: Bool) -> CallRefused {
    CallRefused(
      error: Array(#"{"code":-32010,"data":{"detail":"busy","retryable":\#(retryable),"retryAfterMs":1}}"#.utf8))
  }

  @Test func `a call is made again when nobody answered or the service says that it may help`() async throws {
    var calls = 0
    let answer = try await retried("orders.import") {
      calls += 1
      if calls == 1 { throw Fault("The connection was cut.") }
      if calls == 2 { throw refusal(retryable: true) }
      return "done"
    }
    #expect(answer == "done")
    #expect(calls == 3)
  }

  @Test func `a refusal for good is told at once`() async throws {
    var calls = 0
    let fault = await #expect(throws: Fault.self) {
      try await retried("orders.import") {
        calls += 1
        throw refusal(retryable: false)
      }
    }
    #expect(calls == 1)
    #expect(fault?.description == "orders.import was refused (busy): correct that and try again.")
  }

  @Test func `it gives up after so many attempts`() async throws {
    var calls = 0
    await #expect(throws: Fault.self) {
      try await retried("orders.import", attempts: 2) {
        calls += 1
        throw Fault("The connection was cut.")
      }
    }
    #expect(calls == 2)
  }
}
