import HTTPTypes
import NIOCore
import NIOExtras
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP2

/// The body of a request stopped coming, or comes too slowly.
struct BodyTooSlow: Error {}

/// Watches the requests of a connection of HTTP/1.1, or the one of a stream of HTTP/2.
///
/// A body that pauses or drips ends in `BodyTooSlow`, which the responder answers with 408. A request that is answered
/// before its end is read to the end and dropped, within limits, because closing at once could take the answer away
/// from the caller; then the connection or the stream is closed. An answer that is not taken is cut off. While the
/// service is on its way out, each answer of HTTP/1.1 says that it is its connection's last.
final class RequestDeadlines<Outgoing: OutgoingAnswer>: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = Outgoing
  typealias OutboundOut = Outgoing

  private let limits: TransportLimits
  private let isStream: Bool
  private let isEnding: @Sendable () -> Bool
  /// A request is in whose answer is not out; `RequestQueue` holds up those after it.
  private var isUnanswered = false
  private var isReceivingBody = false
  /// No request is taken after those that came so far.
  private var isClosing = false
  /// A request came after the last one that is taken; nothing is heard from there on.
  private var isDeaf = false
  private var hasHeaderOverflow = false
  private var isDraining = false
  private var hasFailed = false
  private var receivedBytes = 0
  private var receivingSince = NIODeadline.now()
  private var lastProgress = NIODeadline.now()
  private var bodyCheck: Scheduled<Void>?
  private var answerDeadline: MovableDeadline?

  init(limits: TransportLimits, isStream: Bool, isEnding: @escaping @Sendable () -> Bool) {
    self.limits = limits
    self.isStream = isStream
    self.isEnding = isEnding
  }

  func handlerAdded(context: ChannelHandlerContext) {
    answerDeadline = MovableDeadline(on: context.eventLoop) { context.close(promise: nil) }
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
    let part = unwrapInboundIn(data)
    if case .head = part, isClosing { isDeaf = true }
    if isDeaf { return }
    switch part {
    case .head(let head):
      isUnanswered = true
      if !isStream {
        context.triggerUserOutboundEvent(ConnectionEvent.busy, promise: nil)
        // What comes after a request whose end is in doubt, or after one that asks for a tunnel or another protocol,
        // may be no request.
        let framing = head.framing
        isClosing = framing.wantsClose || framing.isAmbiguous || framing.isUpgrade
      }
      isReceivingBody = true
      receivedBytes = 0
      receivingSince = .now()
      lastProgress = receivingSince
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
    // Most bodies come with their heads and need no watching.
    if isReceivingBody, bodyCheck == nil { scheduleBodyCheck(context) }
    // Nobody above asks for the rest any more.
    if isDraining { context.read() }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    // A caller that has gone, or has its answer and says no more, need not be waited for.
    if isDraining, event as? ChannelEvent == .inputClosed { context.close(promise: nil) }
    // Passed on it would close a connection whose next request is on its way. That one is still answered, and who asks
    // for nothing is cut off by `ConnectionDeadlines`.
    if !isStream, event is ChannelShouldQuiesceEvent { return }
    context.fireUserInboundEventTriggered(event)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // The bytes that follow are errors of their own.
    if error as? HTTPParserError == .headerOverflow { hasHeaderOverflow = true }
    context.fireErrorCaught(error)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    // The answer is out; that the rest of its request cannot be read is nobody's concern any more.
    if isDraining {
      promise?.fail(ChannelError.ioOnClosedChannel)
      return
    }
    var answer = unwrapOutboundIn(data)
    var data = data
    if answer.isBeginning {
      if !isStream, changeHead(of: &answer) { data = wrapOutboundOut(answer) }
      answerDeadline?.move(toSeconds: limits.answerSeconds)
    } else if answer.isPart {
      // Of an answer in parts each one has its time.
      answerDeadline?.move(toSeconds: limits.answerSeconds)
    }
    guard answer.isEnd else { return context.write(data, promise: promise) }
    let written = promise ?? context.eventLoop.makePromise(of: Void.self)
    written.futureResult.assumeIsolated().whenComplete { _ in self.answered(context) }
    context.write(data, promise: written)
  }

  /// Says in the head what becomes of the connection; false where there is nothing to say.
  private func changeHead(of answer: inout Outgoing) -> Bool {
    if isUnanswered, isReceivingBody || isEnding() { isClosing = true }
    // This is the 400 with which what cannot be read is answered above.
    let isOverflow = hasHeaderOverflow && !isUnanswered
    guard isClosing || isOverflow else { return false }
    answer.change { head in
      if isClosing { head.headerFields[.connection] = "close" }
      if isOverflow { head.status = .requestHeaderFieldsTooLarge }
    }
    return true
  }

  private func answered(_ context: ChannelHandlerContext) {
    answerDeadline?.lift()
    isUnanswered = false
    if isReceivingBody {
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
    } else {
      context.triggerUserOutboundEvent(ConnectionEvent.idle, promise: nil)
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
    // TLS would wait for the caller's goodbye, and read on meanwhile.
    if !isStream { context.triggerUserOutboundEvent(ConnectionEvent.over, promise: nil) }
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
    guard isUnanswered, isTooSlow else {
      scheduleBodyCheck(context)
      return
    }
    hasFailed = true
    context.fireErrorCaught(BodyTooSlow())
  }

  private func cancelAll() {
    bodyCheck?.cancel()
    bodyCheck = nil
    answerDeadline?.end()
    answerDeadline = nil
  }
}

extension Substring {
  /// The text without the blanks around it.
  func trimmingSpaces() -> Substring {
    let isBlank = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
    guard let first = utf8.firstIndex(where: { !isBlank($0) }), let last = utf8.lastIndex(where: { !isBlank($0) })
    else { return self[endIndex...] }
    return self[first..<utf8.index(after: last)]
  }
}
