import Synchronization
import Testing

@testable import Tool

struct TerminalTests {
  @Test func `without a terminal a line is written for each tenth of the way`() {
    let lines = Mutex<[String]>([])
    let bar = ProgressBar(title: "orders", total: 1000, isTerminal: false) { line in lines.withLock { $0.append(line) }
    }
    for _ in 0..<1000 { bar.advance() }
    bar.finish()
    let written = lines.withLock { $0 }
    #expect(written.count == 11)
    #expect(written.first?.hasPrefix("orders: 0 % (1 of 1000") == true)
    #expect(written.last?.hasPrefix("orders: 100 % (1000 of 1000") == true)
  }

  @Test func `on a terminal one line is drawn over and over`() {
    let text = Mutex("")
    let bar = ProgressBar(title: "events", total: 2, isTerminal: true) { part in text.withLock { $0 += part } }
    bar.advance()
    bar.advance()
    bar.finish()
    let written = text.withLock { $0 }
    #expect(written.filter { $0 == "\r" }.count == 2)
    #expect(written.hasSuffix("\n"))
  }

  @Test func `nothing to do is done at once`() {
    let lines = Mutex<[String]>([])
    ProgressBar(title: "none", total: 0, isTerminal: false) { line in lines.withLock { $0.append(line) } }.finish()
    #expect(lines.withLock { $0 } == ["none: 100 % (0 of 0)\n"])
  }

  @Test func `news pass a pipe as lines`() {
    for news in [News.step("a b"), .ready, .taken, .failed("It fails: correct it."), .incident("x")] {
      #expect(News(line: news.line) == news)
    }
    #expect(News.failed("two\nlines").line == "failed two lines")
    #expect(News(line: "anything else") == nil)
  }

  @Test func `a duration is told in its two largest units`() {
    #expect(ProcessLine.duration(0.4) == "0 s")
    #expect(ProcessLine.duration(61) == "1 min 1 s")
    #expect(ProcessLine.duration(3 * 86_400 + 7200) == "3 d 2 h")
  }
}
