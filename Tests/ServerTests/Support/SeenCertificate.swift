import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import X509

/// Connects to see which certificate is served.
struct SeenCertificate {
  func serial(port: Int) async throws -> String {
    let context = try NIOSSLContext(configuration: .makeClientConfiguration())
    let group = MultiThreadedEventLoopGroup.singleton
    let seen = group.next().makePromise(of: [UInt8].self)
    let channel = try await ClientBootstrap(group: group)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let handler = try NIOSSLClientHandler(
            context: context, serverHostname: nil,
            customVerificationCallback: { certificates, promise in
              seen.completeWith(Result { try certificates.first?.toDERBytes() ?? [] })
              promise.succeed(.certificateVerified)
            })
          try channel.pipeline.syncOperations.addHandler(handler)
        }
      }
      .connect(host: "127.0.0.1", port: port).get()
    let bytes = try await seen.futureResult.get()
    try? await channel.close()
    return "\(try Certificate(derEncoded: bytes).serialNumber)"
  }
}

/// A flag that a test turns.
final class Switch: Sendable {
  private let state = Mutex(true)

  var isOn: Bool {
    get { state.withLock { $0 } }
    set { state.withLock { $0 = newValue } }
  }
}
