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

  /// A longer body goes out in parts as the caller takes them, so that whoever asks and does not read costs one part.
  private static let wholeBytes = 64 * 1024

  /// The body's parts, in their order; nil where it goes out whole.
  var parts: BodyParts? {
    if let stream {
      return BodyParts(byteCount: stream.byteCount) { ByteBuffer(bytes: try await stream.part($0)) }
    }
    let (body, count) = (body, body.readableBytes)
    guard count > Self.wholeBytes else { return nil }
    return BodyParts(byteCount: count) { start in
      body.getSlice(at: body.readerIndex + start, length: min(Self.wholeBytes, count - start)) ?? ByteBuffer()
    }
  }
}

/// The parts of an answer's body, each asked for when the one before has gone out.
struct BodyParts: AsyncSequence, Sendable {
  typealias Element = ByteBuffer

  let byteCount: Int
  /// Some of the bytes that follow the first so many; whatever it throws cuts the answer off.
  let part: @Sendable (_ start: Int) async throws -> ByteBuffer

  func makeAsyncIterator() -> AsyncIterator { AsyncIterator(parts: self) }

  struct AsyncIterator: AsyncIteratorProtocol {
    let parts: BodyParts
    private var start = 0

    init(parts: BodyParts) { self.parts = parts }

    mutating func next() async throws -> ByteBuffer? {
      guard start < parts.byteCount else { return nil }
      let part = try await parts.part(start)
      guard part.readableBytes > 0, start + part.readableBytes <= parts.byteCount else { throw ChannelError.eof }
      start += part.readableBytes
      return part
    }
  }
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
