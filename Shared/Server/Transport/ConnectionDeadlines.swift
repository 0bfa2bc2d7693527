import NIOCore
import NIOExtras

/// What the upper handlers of a connection tell its `ConnectionDeadlines`.
enum ConnectionEvent: Sendable {
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
  private var isQuiescing = false
  private var hasReceivedBytes = false
  private var deadline: Scheduled<Void>?

  init(limits: TransportLimits, metrics: TransportMetrics, isSecure: Bool) {
    self.limits = limits
    self.metrics = metrics
    self.phase = isSecure ? .handshaking : .receivingHead
  }

  func handlerAdded(context: ChannelHandlerContext) {
    enter(phase, context)
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    deadline?.cancel()
    deadline = nil
  }

  func channelInactive(context: ChannelHandlerContext) {
    // A probe that connects and leaves is no handshake.
    if phase == .handshaking, hasReceivedBytes { metrics.handshakeFailures.increment(by: 1 as Int64) }
    deadline?.cancel()
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
      case .handshaking: context.close(promise: nil)
      case .receivingHead, .idle: enter(phase, context)
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
    case .secured where phase == .handshaking: enter(.receivingHead, context)
    case .busy where phase != .closing: enter(.busy, context)
    case .idle where phase != .closing: enter(.idle, context)
    case .closing: enter(.closing, context)
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
    deadline?.cancel()
    deadline = nil
    let seconds: Double
    switch phase {
    case .handshaking: seconds = limits.handshakeSeconds
    case .receivingHead: seconds = limits.headerSeconds
    case .idle where isQuiescing: seconds = min(1, limits.idleSeconds)
    // HTTP/2 says goodbye by itself after that time, and gets some more to be heard.
    case .idle: seconds = limits.idleSeconds + (isMultiplexed ? 5 : 0)
    case .closing: seconds = min(2, limits.drainSeconds)
    case .busy: return
    }
    deadline = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(fractionalSeconds: seconds)) {
      context.close(promise: nil)
    }
  }
}

extension TimeAmount {
  init(fractionalSeconds: Double) {
    self = .nanoseconds(Int64(fractionalSeconds * 1_000_000_000))
  }
}
