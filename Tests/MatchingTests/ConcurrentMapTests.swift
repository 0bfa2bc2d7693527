import Matching
import Testing

struct ConcurrentMapTests {
  @Test(arguments: [0, 1, 1000, 1001, 25_000])
  func `what is mapped on all cores stands in its order`(count: Int) {
    let numbers = Array(0..<count)
    #expect(numbers.concurrentMap { $0 * 2 } == numbers.map { $0 * 2 })
  }
}
