import NIOCore
import NIOHTTPTypes

/// Lets the requests of a connection of HTTP/1.1 in one after the other: the next one when the answer to the last is out.
///
/// Callers may send many requests ahead of their answers, and what makes the answers runs ahead of what writes them.
/// Held up here, one answer is made at a time for a caller that does not take them; and nothing more is read once
/// something waits. Until then the loop goes on listening, since to stop and to begin again costs two calls of the system
/// for each request.
final class RequestQueue: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = Reply
  typealias OutboundOut = Reply

  private enum Event {
    case part(HTTPRequestPart)
    case error(any Error)
    case inputClosed
  }

  /// What came after the request that is being answered.
  private var waiting = CircularBuffer<Event>()
  private var isAnswered = true
  private var hasEnded = true
  private var isReadPending = false

  /// Whether a whole request is in and its answer is not out.
  private var isHeld: Bool { hasEnded && !isAnswered }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    take(.part(unwrapInboundIn(data)), context)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    take(.error(error), context)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event as? ChannelEvent == .inputClosed { return take(.inputClosed, context) }
    context.fireUserInboundEventTriggered(event)
  }

  func channelInactive(context: ChannelHandlerContext) {
    waiting.removeAll()
    context.fireChannelInactive()
  }

  func read(context: ChannelHandlerContext) {
    if isHeld, !waiting.isEmpty {
      isReadPending = true
    } else {
      context.read()
    }
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard unwrapOutboundIn(data).isEnd else { return context.write(data, promise: promise) }
    let written = promise ?? context.eventLoop.makePromise(of: Void.self)
    written.futureResult.assumeIsolated().whenComplete { _ in self.answered(context) }
    context.write(data, promise: written)
  }

  private func take(_ event: Event, _ context: ChannelHandlerContext) {
    if isHeld || !waiting.isEmpty {
      waiting.append(event)
    } else {
      pass(event, context)
    }
  }

  private func pass(_ event: Event, _ context: ChannelHandlerContext) {
    switch event {
    case .part(let part):
      switch part {
      case .head: (isAnswered, hasEnded) = (false, false)
      case .body: break
      case .end: hasEnded = true
      }
      context.fireChannelRead(wrapInboundOut(part))
    case .error(let error): context.fireErrorCaught(error)
    case .inputClosed: context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
    }
  }

  private func answered(_ context: ChannelHandlerContext) {
    isAnswered = true
    guard hasEnded else { return }
    var hasPassed = false
    while !isHeld, let event = waiting.popFirst() {
      pass(event, context)
      hasPassed = true
    }
    if hasPassed { context.fireChannelReadComplete() }
    if isReadPending, waiting.isEmpty {
      isReadPending = false
      context.read()
    }
  }
}
