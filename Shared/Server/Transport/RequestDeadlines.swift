import HTTPTypes
import NIOCore
import NIOHTTPTypes
import NIOHTTPTypesHTTP2

/// The body of a request stopped coming, or comes too slowly.
struct BodyTooSlow: Error {}

/// Watches the requests of a connection of HTTP/1.1, or the one of a stream of HTTP/2.
///
/// A body that pauses or drips ends in `BodyTooSlow`, which the responder answers with 408. A request that is answered
/// before its end is read to the end and dropped, within limits, because closing at once could take the answer away
/// from the caller; then the connection or the stream is closed. An answer that is not taken is cut off.
final class RequestDeadlines: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  private let limits: TransportLimits
  private let isStream: Bool
  /// Requests whose answer is not out yet; with pipelining there may be several.
  private var unanswered = 0
  private var isReceivingBody = false
  private var isClosing = false
  private var isDraining = false
  private var hasFailed = false
  private var receivedBytes = 0
  private var receivingSince = NIODeadline.now()
  private var lastProgress = NIODeadline.now()
  private var bodyCheck: Scheduled<Void>?
  private var answerDeadline: Scheduled<Void>?

  init(limits: TransportLimits, isStream: Bool) {
    self.limits = limits
    self.isStream = isStream
  }

  func handlerAdded(context: ChannelHandlerContext) {
    if isStream { context.channel.parent?.triggerUserOutboundEvent(ConnectionEvent.streamOpened, promise: nil) }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    cancelAll()
    if isStream { context.channel.parent?.triggerUserOutboundEvent(ConnectionEvent.streamClosed, promise: nil) }
  }

  func channelInactive(context: ChannelHandlerContext) {
    cancelAll()
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      // Nothing is answered after the answer that closes.
      if isClosing { return }
      unanswered += 1
      if !isStream {
        context.triggerUserOutboundEvent(ConnectionEvent.busy, promise: nil)
        if head.headerFields.wantClose { isClosing = unanswered == 1 }
      }
      isReceivingBody = true
      restartBodyClock()
      scheduleBodyCheck(context)
    case .body(let bytes):
      receivedBytes += bytes.readableBytes
      lastProgress = .now()
      if isDraining {
        if receivedBytes > limits.drainBytes { stopDraining(context) }
        return
      }
    case .end:
      isReceivingBody = false
      bodyCheck?.cancel()
      bodyCheck = nil
      if isDraining, !isStream {
        context.close(promise: nil)
        return
      }
    }
    context.fireChannelRead(data)
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    context.fireChannelReadComplete()
    // Nobody above asks for the rest any more.
    if isDraining { context.read() }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    // A caller that has gone, or has its answer and says no more, need not be waited for.
    if isDraining, event as? ChannelEvent == .inputClosed { context.close(promise: nil) }
    context.fireUserInboundEventTriggered(event)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch unwrapOutboundIn(data) {
    case .head(var head) where head.status.kind != .informational:
      if !isStream {
        if unanswered == 1, isReceivingBody { isClosing = true }
        if isClosing { head.headerFields[.connection] = "close" }
      }
      answerDeadline = context.eventLoop.assumeIsolated().scheduleTask(
        in: TimeAmount(fractionalSeconds: limits.answerSeconds)
      ) {
        context.close(promise: nil)
      }
      context.write(wrapOutboundOut(.head(head)), promise: promise)
    case .head, .body:
      context.write(data, promise: promise)
    case .end:
      let written = promise ?? context.eventLoop.makePromise(of: Void.self)
      written.futureResult.assumeIsolated().whenComplete { _ in self.answered(context) }
      context.write(data, promise: written)
    }
  }

  private func answered(_ context: ChannelHandlerContext) {
    answerDeadline?.cancel()
    answerDeadline = nil
    unanswered -= 1
    if isReceivingBody, unanswered == 0 {
      if hasFailed, !isStream {
        context.close(promise: nil)
      } else {
        drain(context)
      }
    } else if isStream {
      return
    } else if isClosing {
      context.triggerUserOutboundEvent(ConnectionEvent.closing, promise: nil)
      context.close(promise: nil)
    } else if unanswered == 0 {
      context.triggerUserOutboundEvent(ConnectionEvent.idle, promise: nil)
    } else {
      // The next request of the pipeline was held up by this one, which is not its sender's fault.
      restartBodyClock()
    }
  }

  private func drain(_ context: ChannelHandlerContext) {
    isDraining = true
    bodyCheck?.cancel()
    bodyCheck = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(fractionalSeconds: limits.drainSeconds))
    {
      self.stopDraining(context)
    }
    context.read()
  }

  private func stopDraining(_ context: ChannelHandlerContext) {
    // The caller of a stream is told that the answer stands and the rest of the request is not wanted.
    if isStream {
      context.triggerUserOutboundEvent(NIOHTTP2FramePayloadToHTTPEvent.reset(code: .noError), promise: nil)
    }
    context.close(promise: nil)
  }

  private func restartBodyClock() {
    receivedBytes = 0
    receivingSince = .now()
    lastProgress = receivingSince
  }

  private func scheduleBodyCheck(_ context: ChannelHandlerContext) {
    bodyCheck?.cancel()
    let pause = min(1, limits.bodyIdleSeconds / 4)
    bodyCheck = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(fractionalSeconds: pause)) {
      self.checkBody(context)
    }
  }

  private func checkBody(_ context: ChannelHandlerContext) {
    let now = NIODeadline.now()
    let grace = TimeAmount(fractionalSeconds: limits.bodyIdleSeconds)
    let elapsed = now - receivingSince
    let slowest = Double(limits.bodyBytesPerSecond) * Double(elapsed.nanoseconds) / 1_000_000_000
    let isTooSlow = now - lastProgress >= grace || elapsed >= grace && Double(receivedBytes) < slowest
    guard unanswered == 1, isTooSlow else {
      scheduleBodyCheck(context)
      return
    }
    hasFailed = true
    context.fireErrorCaught(BodyTooSlow())
  }

  private func cancelAll() {
    bodyCheck?.cancel()
    answerDeadline?.cancel()
    bodyCheck = nil
    answerDeadline = nil
  }
}

extension HTTPFields {
  /// Whether the sender closes after this message.
  fileprivate var wantClose: Bool {
    self[values: .connection].contains { value in
      value.split(separator: ",").contains { $0.trimmingSpaces().lowercased() == "close" }
    }
  }
}

extension StringProtocol {
  /// The text without the blanks around it.
  func trimmingSpaces() -> SubSequence {
    let isBlank = { (character: Character) in character == " " || character == "\t" }
    let start = self.drop(while: isBlank)
    guard let last = start.lastIndex(where: { !isBlank($0) }) else { return start }
    return start[...last]
  }
}
