import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// An answer as it goes out, whole; or of the status 100, which only stands before one.
struct Reply: Sendable {
  var head: HTTPResponse
  var body = ByteBuffer()
}

/// What is written to a connection: whole answers where HTTP/1.1 is spoken, parts of one to a stream of HTTP/2.
protocol OutgoingAnswer: Sendable {
  /// Whether the answer begins with this.
  var isBeginning: Bool { get }
  /// Whether the answer is out with this.
  var isEnd: Bool { get }

  /// Changes the head, where there is one.
  mutating func change(_ change: (inout HTTPResponse) -> Void)
}

extension Reply: OutgoingAnswer {
  var isBeginning: Bool { head.status.kind != .informational }
  var isEnd: Bool { isBeginning }

  mutating func change(_ change: (inout HTTPResponse) -> Void) { change(&head) }
}

extension HTTPResponsePart: OutgoingAnswer {
  var isBeginning: Bool { if case .head(let head) = self { head.status.kind != .informational } else { false } }
  var isEnd: Bool { if case .end = self { true } else { false } }

  mutating func change(_ change: (inout HTTPResponse) -> Void) {
    guard case .head(var head) = self else { return }
    change(&head)
    self = .head(head)
  }
}
