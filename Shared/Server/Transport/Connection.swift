import HummingbirdCore
import HummingbirdHTTP2
import Logging
import NIOCore
import NIOSSL
import NIOTLS

/// What is known of a connection when its requests come.
struct Connection: Sendable {
  var peerAddress: SocketAddress?
  var clientCertificateNames: [String] = []
}

/// Sets up each connection: its deadlines, TLS, then HTTP/2 or HTTP/1.1 as negotiated; or plain HTTP/1.1 without TLS.
struct ConnectionChannel: ServerChildChannel {
  typealias Responder = @Sendable (Request, consuming ResponseWriter, Connection) async throws -> Void

  enum Negotiated: Sendable {
    case http1(HTTP1Channel, HTTP1Channel.Value)
    case http2(HTTP2Channel, HTTP2Channel.Value)
  }

  struct Value: ServerChildChannelValue {
    let negotiated: EventLoopFuture<Negotiated>
    let channel: any Channel
  }

  let limits: TransportLimits
  let metrics: TransportMetrics
  let security: NIOSSLContext?
  let respond: Responder

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
    metrics.connections.increment(by: 1.0)
    let metrics = metrics
    channel.closeFuture.whenComplete { _ in metrics.connections.decrement(by: 1.0) }
    return channel.eventLoop.makeCompletedFuture {
      let pipeline = channel.pipeline.syncOperations
      try pipeline.addHandler(ConnectionDeadlines(limits: limits, metrics: metrics, isSecure: security != nil))
      guard let security else {
        return Value(negotiated: http1(channel, logger: logger), channel: channel)
      }
      try pipeline.addHandler(NIOSSLServerHandler(context: security))
      let negotiation = NIOTypedApplicationProtocolNegotiationHandler<Negotiated> { result, channel in
        channel.triggerUserOutboundEvent(ConnectionEvent.secured, promise: nil)
        return result == .negotiated("h2") ? http2(channel, logger: logger) : http1(channel, logger: logger)
      }
      try pipeline.addHandler(negotiation)
      return Value(negotiated: negotiation.protocolNegotiationResult, channel: channel)
    }
  }

  func handle(value: Value, logger: Logger) async {
    do {
      switch try await value.negotiated.get() {
      case .http1(let http, let channel): await http.handle(value: channel, logger: logger)
      case .http2(let http, let channel): await http.handle(value: channel, logger: logger)
      }
    } catch {
      logger.debug("A connection ended before its first request.", metadata: ["error": "\(error)"])
    }
  }

  private func http1(_ channel: any Channel, logger: Logger) -> EventLoopFuture<Negotiated> {
    let http = HTTP1Channel(responder: responder(of: channel), configuration: configuration(isStream: false))
    return http.setup(channel: channel, logger: logger).map { .http1(http, $0) }
  }

  private func http2(_ channel: any Channel, logger: Logger) -> EventLoopFuture<Negotiated> {
    let http = HTTP2Channel(
      responder: responder(of: channel),
      configuration: HTTP2ChannelConfiguration(
        idleTimeout: .seconds(limits.idleSeconds), gracefulCloseTimeout: .seconds(limits.idleSeconds),
        streamConfiguration: configuration(isStream: true)))
    return channel.eventLoop.makeCompletedFuture {
      try channel.pipeline.syncOperations.addHandler(CloseAfterWriting())
    }.flatMap {
      http.setup(channel: channel, logger: logger).map { .http2(http, $0) }
    }
  }

  private func configuration(isStream: Bool) -> HTTP1Channel.Configuration {
    let limits = limits
    return HTTP1Channel.Configuration(
      additionalChannelHandlers: [RequestDeadlines(limits: limits, isStream: isStream)],
      httpDecoderConfiguration: HTTP1Channel.Configuration.DecoderConfiguration(
        maxHeaderFieldSize: limits.headerBytes, maxHeaderListSize: limits.headerBytes,
        maxHeaderFieldCount: limits.headerCount))
  }

  private func responder(of channel: any Channel) -> HTTPChannelHandler.Responder {
    let certificate = try? channel.pipeline.syncOperations.nioSSL_peerCertificate()
    let connection = Connection(
      peerAddress: channel.remoteAddress, clientCertificateNames: certificate.map(alternativeNames) ?? [])
    let respond = respond
    return { request, writer, _ in try await respond(request, writer, connection) }
  }
}

/// Lets what is being written go out before the connection is closed.
///
/// On its way out a connection of HTTP/2 is closed with its last stream, in the middle of the writing of that stream's
/// last frame, which would never leave.
private final class CloseAfterWriting: ChannelOutboundHandler {
  typealias OutboundIn = ByteBuffer

  func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
    context.eventLoop.assumeIsolated().execute {
      context.flush()
      context.close(mode: mode, promise: promise)
    }
  }
}
