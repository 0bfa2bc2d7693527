import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

@testable import Server

/// What came of a connection whose bytes the test writes itself.
struct RawOutcome: Sendable {
  var text: String
  /// Time from the connection's start to its end by the server; nil when the test ended it.
  var closedAfterSeconds: Double?

  var statuses: [Int] {
    text.split(separator: "HTTP/1.1 ").dropFirst(text.hasPrefix("HTTP/1.1 ") ? 0 : 1).compactMap { Int($0.prefix(3)) }
  }
}

/// One piece of what is sent, after a pause, or once something has come about.
struct Piece: Sendable {
  var text: String
  var pauseSeconds = 0.0
  /// Returns when the piece is to be sent.
  var before: @Sendable (_ read: ReadSoFar) async throws -> Void = { _ in }
}

/// What a connection has read so far.
final class ReadSoFar: Sendable {
  private let state = Mutex("")

  var text: String { state.withLock { $0 } }

  func append(_ bytes: ByteBuffer) { state.withLock { $0 += String(buffer: bytes) } }
}

extension TestServer {
  /// Sends the pieces over a connection of its own and reads until the server closes or the time is over.
  func raw(_ pieces: [Piece], secure: Bool = true, port: Int? = nil, seconds: Double = 6) async throws -> RawOutcome {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.trustRoots = .file(authority.authorityPath)
    configuration.applicationProtocols = ["http/1.1"]
    let context = try NIOSSLContext(configuration: configuration)
    let start = ContinuousClock.now
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .connect(host: "127.0.0.1", port: port ?? ports.calls) { channel in
        channel.eventLoop.makeCompletedFuture {
          if secure {
            try channel.pipeline.syncOperations.addHandler(NIOSSLClientHandler(context: context, serverHostname: nil))
          }
          return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
        }
      }
    let read = ReadSoFar()
    return try await channel.executeThenClose { inbound, outbound in
      try await withThrowingTaskGroup(of: RawOutcome?.self) { group in
        group.addTask {
          do {
            for try await bytes in inbound { read.append(bytes) }
          } catch {
            // A connection that is cut is closed all the same.
          }
          if Task.isCancelled { return RawOutcome(text: read.text, closedAfterSeconds: nil) }
          return RawOutcome(text: read.text, closedAfterSeconds: (ContinuousClock.now - start) / .seconds(1))
        }
        group.addTask {
          for piece in pieces {
            if piece.pauseSeconds > 0 { try? await Task.sleep(for: .seconds(piece.pauseSeconds)) }
            try await piece.before(read)
            try? await outbound.write(ByteBuffer(string: piece.text))
          }
          return nil
        }
        group.addTask {
          try? await Task.sleep(for: .seconds(seconds))
          return RawOutcome(text: "", closedAfterSeconds: nil)
        }
        var outcome = RawOutcome(text: "", closedAfterSeconds: nil)
        while let next = try await group.next() {
          guard let next else { continue }
          if next.closedAfterSeconds == nil, next.text.isEmpty, !group.isEmpty, !group.isCancelled {
            // The time is over: what was read so far is what the reader says once it is cancelled.
            group.cancelAll()
            continue
          }
          outcome = next
          break
        }
        group.cancelAll()
        return outcome
      }
    }
  }

  func rpcHead(_ fields: String..., length: Int? = nil) -> String {
    let length = length.map { ["Content-Length: \($0)"] } ?? []
    let lines = ["POST /rpc HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json"] + fields + length
    return lines.joined(separator: "\r\n") + "\r\n\r\n"
  }
}
