import NIOCore
import NIOExtras

/// What the upper handlers of a connection tell its `ConnectionDeadlines`.
enum ConnectionEvent: Sendable {
  /// There is somebody who answers its requests.
  case taken
  /// The TLS handshake is done.
  case secured
  /// A request has its headers.
  case busy
  /// No request is left unanswered.
  case idle
  /// A stream of HTTP/2 begins.
  case streamOpened
  /// A stream of HTTP/2 is over.
  case streamClosed
  /// The last answer is out.
  case closing
  /// The caller has had its time to take the answer, and goes on sending.
  case over
}

/// Closes a connection that keeps the service waiting: in the handshake, in the headers, or without any request.
///
/// It sits below TLS, so that its close is the socket's own and waits for nobody. Bodies and answers have deadlines of
/// their own, see `RequestDeadlines`.
final class ConnectionDeadlines: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = ByteBuffer

  private enum Phase {
    case handshaking
    /// Waiting for the end of the headers.
    case receivingHead
    case idle
    case busy
    case closing
  }

  private let limits: TransportLimits
  private let metrics: TransportMetrics
  private var phase: Phase
  private var streams = 0
  private var isMultiplexed = false
  private var isTaken = false
  private var isQuiescing = false
  private var hasReceivedBytes = false
  private var deadline: MovableDeadline?

  init(limits: TransportLimits, metrics: TransportMetrics, isSecure: Bool) {
    self.limits = limits
    self.metrics = metrics
    self.phase = isSecure ? .handshaking : .receivingHead
  }

  func handlerAdded(context: ChannelHandlerContext) {
    deadline = MovableDeadline(on: context.eventLoop) { context.close(promise: nil) }
    enter(phase, context)
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    deadline?.end()
    deadline = nil
  }

  func channelInactive(context: ChannelHandlerContext) {
    // A probe that connects and leaves is no handshake.
    if phase == .handshaking, hasReceivedBytes { metrics.handshakeFailures.increment(by: 1 as Int64) }
    deadline?.end()
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    hasReceivedBytes = true
    // Of HTTP/2 these bytes may be about the connection and lead to no request.
    if phase == .idle, !isMultiplexed { enter(.receivingHead, context) }
    context.fireChannelRead(data)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is ChannelShouldQuiesceEvent {
      isQuiescing = true
      switch phase {
      // It was accepted while the server stopped, and is handed to nobody.
      case _ where !isTaken: context.close(promise: nil)
      // The request may be on its way behind the handshake's end.
      case .handshaking, .receivingHead, .idle: enter(phase, context)
      case .busy, .closing: break
      }
    }
    context.fireUserInboundEventTriggered(event)
  }

  func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
    guard let event = event as? ConnectionEvent else {
      context.triggerUserOutboundEvent(event, promise: promise)
      return
    }
    switch event {
    case .taken: isTaken = true
    case .secured where phase == .handshaking: enter(.receivingHead, context)
    case .busy where phase != .closing: enter(.busy, context)
    case .idle where phase != .closing: enter(.idle, context)
    case .closing: enter(.closing, context)
    case .over: context.close(promise: nil)
    case .streamOpened:
      isMultiplexed = true
      streams += 1
      if streams == 1 { enter(.busy, context) }
    case .streamClosed:
      streams -= 1
      if streams == 0 { enter(.idle, context) }
    case .secured, .busy, .idle: break
    }
    promise?.succeed()
  }

  private func enter(_ phase: Phase, _ context: ChannelHandlerContext) {
    self.phase = phase
    let seconds: Double
    switch phase {
    case .handshaking where isQuiescing, .receivingHead where isQuiescing, .idle where isQuiescing:
      seconds = min(1, limits.idleSeconds)
    case .handshaking: seconds = limits.handshakeSeconds
    case .receivingHead: seconds = limits.headerSeconds
    // HTTP/2 says goodbye by itself after that time, and gets some more to be heard.
    case .idle: seconds = limits.idleSeconds + (isMultiplexed ? 5 : 0)
    case .closing: seconds = min(2, limits.drainSeconds)
    case .busy: return deadline?.lift() ?? ()
    }
    deadline?.move(toSeconds: seconds)
  }
}

extension TimeAmount {
  init(fractionalSeconds: Double) {
    self = .nanoseconds(Int64(fractionalSeconds * 1_000_000_000))
  }
}
