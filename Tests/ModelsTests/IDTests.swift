import Models
import Synchronization
import TestSupport
import Testing

struct IDTests {
  @Test func `an id is written as it is read, in lower case`() throws {
    let text = "0193a1f2-7c4e-7b1a-9d2e-3f4a5b6c7d8e"
    #expect(try #require(ID<Profile>(text)).description == text)
    #expect(try #require(ID<Profile>(text.uppercased())).description == text)
  }

  @Test(arguments: ["", "0193a1f2", "0193a1f27c4e-7b1a-9d2e-3f4a5b6c7d8e0", "0193a1f2-7c4e-7b1a-9d2e-3f4a5b6c7d8g"])
  func `what is no UUID is no id`(text: String) {
    #expect(ID<Profile>(text) == nil)
  }

  @Test func `ids of one process only ever grow, whatever the clock does`() {
    let clock = Mutex(Timestamp(secondsSinceEpoch: 1_800_000_000))
    let generator = IDGenerator(clock: { clock.withLock { $0 } }, random: SeededGenerator(seed: 7))
    var random = SeededGenerator(seed: 8)
    var last: ID<Profile> = generator.make()
    for _ in 0..<20_000 {
      let step = Int64.random(in: -500...1500, using: &random)
      clock.withLock { $0 = Timestamp(microsecondsSinceEpoch: $0.microsecondsSinceEpoch + step) }
      let next: ID<Profile> = generator.make()
      #expect(next > last)
      #expect(next.high >> 12 & 0xf == 7)
      #expect(next.low >> 62 == 0b10)
      last = next
    }
  }

  @Test func `an id tells when it was made`() {
    let moment = Timestamp(microsecondsSinceEpoch: 1_767_261_600_123_456)
    let id: ID<Profile> = IDGenerator(clock: { moment }).make()
    #expect(id.high >> 16 == 1_767_261_600_123)
  }
}
