import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A connection over TLS whose bytes the test writes itself.
final class RawConnection: Sendable {
  private final class Reader: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    private let state = Mutex((text: "", isClosed: false))

    var text: String { state.withLock { $0.text } }
    var isClosed: Bool { state.withLock { $0.isClosed } }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      let bytes = unwrapInboundIn(data)
      state.withLock { $0.text += String(buffer: bytes) }
    }

    func channelInactive(context: ChannelHandlerContext) {
      state.withLock { $0.isClosed = true }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      context.close(promise: nil)
    }
  }

  private let channel: any Channel
  private let reader: Reader

  init(_ suite: Suite, _ service: ServiceName = .channelIntegration) async throws {
    var security = TLSConfiguration.makeClientConfiguration()
    security.trustRoots = .file("\(suite.folder)/ca.pem")
    security.applicationProtocols = ["http/1.1"]
    let context = try NIOSSLContext(configuration: security)
    let reader = Reader()
    channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let handlers = channel.pipeline.syncOperations
          try handlers.addHandler(NIOSSLClientHandler(context: context, serverHostname: "localhost"))
          try handlers.addHandler(reader)
        }
      }
      .connect(host: "127.0.0.1", port: suite.port(service)).get()
    self.reader = reader
  }

  func write(_ text: String) async throws {
    try await channel.writeAndFlush(ByteBuffer(string: text)).get()
  }

  /// What the service has written so far.
  var text: String { reader.text }
  /// Whether the service has closed the connection.
  var isClosed: Bool { reader.isClosed }

  func close() async {
    try? await channel.close().get()
  }

  /// Whether anybody listens on the port.
  static func answers(port: Int) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { _ = Foundation.close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port).bigEndian)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }
}
