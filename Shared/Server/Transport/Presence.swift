import NIOCore
import Synchronization

/// Whether the caller of a connection, or of a stream of HTTP/2, is still there to take an answer.
///
/// What is done for a caller that has left is cancelled, so that it holds no connection to the database for nobody.
final class Presence: Sendable {
  private let state = Mutex((hasLeft: false, cancel: (@Sendable () -> Void)?.none))

  /// Names what to cancel when the caller leaves, one thing at a time; it is cancelled at once if the caller has left.
  func attend(_ cancel: @escaping @Sendable () -> Void) {
    let hasLeft = state.withLock { state in
      state.cancel = cancel
      return state.hasLeft
    }
    if hasLeft { cancel() }
  }

  func dismiss() {
    state.withLock { $0.cancel = nil }
  }

  func leave() {
    let cancel = state.withLock { state in
      state.hasLeft = true
      return state.cancel
    }
    cancel?()
  }
}

/// Tells when the caller of a connection of HTTP/1.1 has left.
///
/// A caller that closes only its own side cannot be told from one that has gone: nothing more comes from either, and
/// only writing would show the difference.
final class PresenceHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = Any

  private let presence: Presence

  init(_ presence: Presence) {
    self.presence = presence
  }

  func channelInactive(context: ChannelHandlerContext) {
    presence.leave()
    context.fireChannelInactive()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event as? ChannelEvent == .inputClosed { presence.leave() }
    context.fireUserInboundEventTriggered(event)
  }
}
