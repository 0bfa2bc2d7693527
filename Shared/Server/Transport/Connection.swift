import HTTPTypes
import HummingbirdCore
import HummingbirdHTTP2
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOSSL
import NIOTLS

/// What is known of a connection when its requests come.
struct Connection: Sendable {
  let peerAddress: SocketAddress?
  /// The key that the peer counts by, unless it is a proxy that is trusted to name another.
  let addressKey: String
  let clientCertificate: ClientCertificate?
  /// Of this connection's caller, or of the stream's.
  var presence = Presence()
  /// Whether HTTP/2 is spoken, which tells each request from the others by itself.
  var isMultiplexed = false

  init(peerAddress: SocketAddress?, clientCertificate: ClientCertificate? = nil) {
    self.peerAddress = peerAddress
    addressKey = peerAddress?.callerKey ?? "unknown"
    self.clientCertificate = clientCertificate
  }
}

/// Sets up each connection: its deadlines, TLS, then HTTP/2 or HTTP/1.1 as negotiated; or plain HTTP/1.1 without TLS.
struct ConnectionChannel: ServerChildChannel {
  typealias Responder = @Sendable (HTTPRequest, IncomingBody, Connection) async -> Reply

  enum Negotiated: Sendable {
    case http1(RequestStream, Connection)
    case http2(HTTP2Channel, HTTP2Channel.Value)
  }

  struct Value: ServerChildChannelValue {
    let negotiated: EventLoopFuture<Negotiated>
    let channel: any Channel
  }

  let limits: TransportLimits
  let metrics: TransportMetrics
  /// Nil for plain HTTP.
  let certificates: Certificates?
  /// Whether the service is on its way out.
  let isEnding: @Sendable () -> Bool
  let respond: Responder

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
    metrics.connections.increment(by: 1.0)
    let metrics = metrics
    channel.closeFuture.whenComplete { _ in metrics.connections.decrement(by: 1.0) }
    return channel.eventLoop.makeCompletedFuture {
      let pipeline = channel.pipeline.syncOperations
      try pipeline.addHandler(ConnectionDeadlines(limits: limits, metrics: metrics, isSecure: certificates != nil))
      guard let certificates else {
        return Value(negotiated: http1(channel), channel: channel)
      }
      try pipeline.addHandler(NIOSSLServerHandler(context: certificates.context))
      try pipeline.addHandler(RefusedCertificates(logger: logger))
      let negotiation = NIOTypedApplicationProtocolNegotiationHandler<Negotiated> { result, channel in
        channel.triggerUserOutboundEvent(ConnectionEvent.secured, promise: nil)
        return result == .negotiated("h2") ? http2(channel, logger: logger) : http1(channel)
      }
      try pipeline.addHandler(negotiation)
      return Value(negotiated: negotiation.protocolNegotiationResult, channel: channel)
    }
  }

  func handle(value: Value, logger: Logger) async {
    value.channel.triggerUserOutboundEvent(ConnectionEvent.taken, promise: nil)
    // The loop of the admin port ends before the process does, so nothing may be left to it.
    guard certificates != nil else { return await answer(value, logger: logger) }
    await withTaskExecutorPreference(LoopExecutor(value.channel.eventLoop)) { await answer(value, logger: logger) }
  }

  private func answer(_ value: Value, logger: Logger) async {
    do {
      switch try await value.negotiated.get() {
      case .http1(let requests, let connection): await serve(requests, of: connection, on: value.channel)
      case .http2(let http, let channel): await http.handle(value: channel, logger: logger)
      }
    } catch {
      logger.debug("A connection ended before its first request.", metadata: ["error": "\(error)"])
    }
  }

  /// Hummingbird's own channel hands each part of a request over and each part of an answer back by itself, which costs
  /// more than most calls do; so these requests are handed over whole.
  private func http1(_ channel: any Channel) -> EventLoopFuture<Negotiated> {
    channel.eventLoop.makeCompletedFuture {
      let (connection, requests) = (connection(of: channel), RequestStream())
      var decoderLimits = NIOHTTPDecoderLimitConfiguration()
      decoderLimits.maxHeaderFieldSize = limits.headerBytes
      decoderLimits.maxHeaderListSize = limits.headerBytes
      decoderLimits.maxHeaderFieldCount = limits.headerCount
      try channel.pipeline.syncOperations.addHandlers(
        ByteToMessageHandler(HTTPRequestDecoder(limitConfiguration: decoderLimits)), MessageCodec(),
        PresenceHandler(connection.presence), RequestQueue(),
        RequestDeadlines<Reply>(limits: limits, isStream: false, isEnding: isEnding), RequestReader(requests))
      return .http1(requests, connection)
    }
  }

  /// Answers the requests of a connection of HTTP/1.1 one after the other.
  private func serve(_ requests: RequestStream, of connection: Connection, on channel: any Channel) async {
    await withTaskCancellationHandler {
      while let request = await requests.next() {
        let body = IncomingBody(source: .http1(request.body), channel: channel)
        let reply = await respond(request.head, body, connection)
        request.body.dismiss()
        guard let parts = reply.parts else {
          channel.writeAndFlush(reply, promise: nil)
          continue
        }
        do {
          channel.write(Reply(head: reply.head, piece: .beginning), promise: nil)
          for try await part in parts {
            try await channel.writeAndFlush(Reply(head: reply.head, body: part, piece: .part))
          }
          channel.writeAndFlush(Reply(head: reply.head, piece: .end), promise: nil)
        } catch {
          // Less than was announced: the caller sees that it is not whole.
          channel.close(promise: nil)
          break
        }
      }
      channel.close(mode: .output, promise: nil)
      try? await channel.closeFuture.get()
    } onCancel: {
      channel.close(mode: .input, promise: nil)
    }
  }

  private func http2(_ channel: any Channel, logger: Logger) -> EventLoopFuture<Negotiated> {
    let connection = connection(of: channel)
    let respond = respond
    let http = HTTP2Channel(
      responder: { request, writer, stream in
        var connection = connection
        let presence = Presence()
        stream.closeFuture.whenComplete { _ in presence.leave() }
        connection.presence = presence
        connection.isMultiplexed = true
        let body = IncomingBody(source: .http2(request.body), channel: stream)
        let reply = await respond(request.head, body, connection)
        guard let parts = reply.parts else {
          return try await writer.write(response: reply.head, body: ResponseBody(byteBuffer: reply.body))
        }
        try await writer.write(response: reply.head, body: ResponseBody(asyncSequence: parts))
      },
      configuration: HTTP2ChannelConfiguration(
        idleTimeout: .seconds(limits.idleSeconds), gracefulCloseTimeout: .seconds(limits.idleSeconds),
        streamConfiguration: HTTP1Channel.Configuration(
          additionalChannelHandlers: [
            RequestDeadlines<HTTPResponsePart>(limits: limits, isStream: true, isEnding: isEnding)
          ])))
    return channel.eventLoop.makeCompletedFuture {
      try channel.pipeline.syncOperations.addHandler(CloseAfterWriting())
    }.flatMap {
      http.setup(channel: channel, logger: logger).map { .http2(http, $0) }
    }
  }

  private func connection(of channel: any Channel) -> Connection {
    let certificate = try? channel.pipeline.syncOperations.nioSSL_peerCertificate()
    return Connection(
      peerAddress: channel.remoteAddress, clientCertificate: certificate.map(ClientCertificate.init))
  }
}

/// Tells the log why a client's certificate ended the handshake: its names, never its contents or keys.
private final class RefusedCertificates: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let logger: Logger

  init(logger: Logger) {
    self.logger = logger
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if let error = error as? NIOSSLError, let reason = error.certificateFault {
      let certificate = try? context.channel.pipeline.syncOperations.nioSSL_peerCertificate()
      let names = certificate.map(ClientCertificate.init)?.names.joined(separator: " ") ?? ""
      logger.info(
        "A client's certificate was refused.",
        metadata: [
          "reason": "\(reason)", "client": "\(names.prefix(200))",
          "address": "\(context.channel.remoteAddress?.ipAddress ?? "")",
        ])
    }
    context.fireErrorCaught(error)
  }
}

extension NIOSSLError {
  /// What BoringSSL has against the client's certificate, when that is why the handshake failed.
  fileprivate var certificateFault: String? {
    guard case .handshakeFailed(.sslError(let errors)) = self else { return nil }
    let faults = errors.map { "\($0)" }
    return ["CERTIFICATE_VERIFY_FAILED", "PEER_DID_NOT_RETURN_A_CERTIFICATE", "EXCESSIVE_MESSAGE_SIZE"]
      .first { reason in faults.contains { $0.contains(reason) } }
      .map { $0.lowercased().replacing("_", with: " ") }
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
