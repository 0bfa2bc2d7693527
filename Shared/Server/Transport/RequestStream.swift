import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import Synchronization

/// A request of HTTP/1.1 whose body may still be on its way.
struct IncomingRequest: Sendable {
  let head: HTTPRequest
  let body: BufferedBody
}

/// The requests of a connection of HTTP/1.1, handed from the loop that reads them to the task that answers them.
final class RequestStream: Sendable {
  private struct State {
    var waiting: IncomingRequest?
    var hasEnded = false
    /// Resumed by whoever takes it out of here, hence once; checks would cost an object for each request.
    var taker: UnsafeContinuation<IncomingRequest?, Never>?
  }

  private let state = Mutex(State())

  /// The next request, nil when there is none any more. For one task.
  func next() async -> IncomingRequest? {
    await withUnsafeContinuation { continuation in
      let answer = state.withLock { state -> IncomingRequest?? in
        if let request = state.waiting {
          state.waiting = nil
          return request
        }
        if state.hasEnded { return .some(nil) }
        state.taker = continuation
        return nil
      }
      if let answer { continuation.resume(returning: answer) }
    }
  }

  /// Hands a request over. The one before is answered by then, since `RequestQueue` holds it up until that.
  func yield(_ request: IncomingRequest) {
    let taker = state.withLock { state -> UnsafeContinuation<IncomingRequest?, Never>? in
      guard let taker = state.taker else {
        state.waiting = request
        return nil
      }
      state.taker = nil
      return taker
    }
    taker?.resume(returning: request)
  }

  func finish() {
    let taker = state.withLock { state -> UnsafeContinuation<IncomingRequest?, Never>? in
      state.hasEnded = true
      defer { state.taker = nil }
      return state.taker
    }
    taker?.resume(returning: nil)
  }
}

/// Makes requests of what a connection of HTTP/1.1 reads, and refuses what cannot be read.
final class RequestReader: ChannelDuplexHandler {
  typealias InboundIn = HTTPRequestPart
  typealias OutboundIn = Reply
  typealias OutboundOut = Reply

  private let requests: RequestStream
  /// Of the request whose end is not in.
  private var body: BufferedBody?

  init(_ requests: RequestStream) {
    self.requests = requests
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      let body = BufferedBody(context.channel)
      self.body = body
      requests.yield(IncomingRequest(head: head, body: body))
    case .body(let part):
      body?.append(part)
    case .end:
      body?.finish()
      body = nil
    }
  }

  func read(context: ChannelHandlerContext) {
    if body?.hasRoom() ?? true { context.read() }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event as? ChannelEvent == .inputClosed { end(.success(())) }
    context.fireUserInboundEventTriggered(event)
  }

  func channelInactive(context: ChannelHandlerContext) {
    end(.failure(ChannelError.eof))
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    let isBetweenRequests = body == nil
    end(.failure(error))
    if error is HTTPParserError, isBetweenRequests {
      let fields: HTTPFields = [.connection: "close", .contentLength: "0"]
      let reply = Reply(head: HTTPResponse(status: .badRequest, headerFields: fields))
      context.writeAndFlush(wrapOutboundOut(reply), promise: nil)
      context.close(mode: .output, promise: nil)
    } else if isBetweenRequests {
      context.close(promise: nil)
    }
  }

  private func end(_ end: Result<Void, any Error>) {
    body?.finish(end)
    body = nil
    requests.finish()
  }
}
