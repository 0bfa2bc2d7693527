import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// An answer as it goes out, whole or a piece of one; or of the status 100, which only stands before one.
struct Reply: Sendable {
  /// What of the answer this is.
  enum Piece: Sendable {
    case whole
    /// The head alone.
    case beginning
    /// Some of the body.
    case part
    /// Nothing but that the body is whole.
    case end
  }

  var head: HTTPResponse
  var body = ByteBuffer()
  /// Takes the place of `body`, where it is told in parts.
  var stream: RouteStream?
  var piece = Piece.whole
}

/// What is written to a connection: whole answers where HTTP/1.1 is spoken, parts of one to a stream of HTTP/2.
protocol OutgoingAnswer: Sendable {
  /// Whether the answer begins with this.
  var isBeginning: Bool { get }
  /// Whether this is some of the body alone.
  var isPart: Bool { get }
  /// Whether the answer is out with this.
  var isEnd: Bool { get }

  /// Changes the head, where there is one.
  mutating func change(_ change: (inout HTTPResponse) -> Void)
}

extension Reply: OutgoingAnswer {
  var isBeginning: Bool { head.status.kind != .informational && (piece == .whole || piece == .beginning) }
  var isPart: Bool { piece == .part }
  var isEnd: Bool { head.status.kind != .informational && (piece == .whole || piece == .end) }

  mutating func change(_ change: (inout HTTPResponse) -> Void) { change(&head) }
}

extension HTTPResponsePart: OutgoingAnswer {
  var isBeginning: Bool { if case .head(let head) = self { head.status.kind != .informational } else { false } }
  var isPart: Bool { if case .body = self { true } else { false } }
  var isEnd: Bool { if case .end = self { true } else { false } }

  mutating func change(_ change: (inout HTTPResponse) -> Void) {
    guard case .head(var head) = self else { return }
    change(&head)
    self = .head(head)
  }
}
