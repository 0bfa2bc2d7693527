import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOHTTPTypes
import Synchronization

/// A request's body as it comes in.
struct IncomingBody: Sendable {
  enum Source: Sendable {
    case http1(BufferedBody)
    case http2(RequestBody)
  }

  let source: Source
  let channel: any Channel

  /// Tells a caller that waits for it to send the body.
  func invite() {
    let head = HTTPResponse(status: .continue)
    switch source {
    case .http1: channel.writeAndFlush(Reply(head: head), promise: nil)
    case .http2: channel.writeAndFlush(HTTPResponsePart.head(head), promise: nil)
    }
  }

  /// Calls the closure with each part; throws what ended the body before its end, or what the closure throws.
  func forEach(_ take: (ByteBuffer) throws -> Void) async throws {
    switch source {
    case .http1(let body): while let part = try await body.next() { try take(part) }
    case .http2(let body): for try await part in body { try take(part) }
    }
  }
}

extension IncomingBody {
  /// Calls the closure with each part, the next when it is done with the one before: no more is read meanwhile than
  /// there is room for.
  func forEachPart(_ take: (ByteBuffer) async throws -> Void) async throws {
    switch source {
    case .http1(let body): while let part = try await body.next() { try await take(part) }
    case .http2(let body): for try await part in body { try await take(part) }
    }
  }
}

/// A body of HTTP/1.1 between the loop that reads it and the task that takes it.
final class BufferedBody: Sendable {
  private struct State {
    var parts = CircularBuffer<ByteBuffer>()
    var bytes = 0
    var end: Result<Void, any Error>?
    var waiter: CheckedContinuation<Void, Never>?
    /// Reading has stopped until there is room.
    var isStalled = false
    var isUnwanted = false
  }

  /// As much as may wait to be taken before no more is read.
  private static let capacity = 64 * 1024

  private let channel: any Channel
  private let state = Mutex(State())

  init(_ channel: any Channel) {
    self.channel = channel
  }

  /// The next part, nil after the last.
  func next() async throws -> ByteBuffer? {
    while true {
      let (part, end, mustRead) = state.withLock { state -> (ByteBuffer?, Result<Void, any Error>?, Bool) in
        guard let part = state.parts.popFirst() else { return (nil, state.end, false) }
        state.bytes -= part.readableBytes
        let mustRead = state.isStalled && state.bytes < Self.capacity
        if mustRead { state.isStalled = false }
        return (part, nil, mustRead)
      }
      if mustRead { channel.read() }
      if let part { return part }
      if let end {
        try end.get()
        return nil
      }
      await withCheckedContinuation { continuation in
        let isReady = state.withLock { state in
          guard state.parts.isEmpty, state.end == nil else { return true }
          state.waiter = continuation
          return false
        }
        if isReady { continuation.resume() }
      }
    }
  }

  /// The answer is made, so nobody will take the rest.
  func dismiss() {
    state.withLock { state in
      state.isUnwanted = true
      state.parts.removeAll()
      state.bytes = 0
    }
  }

  func append(_ part: ByteBuffer) {
    let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
      guard !state.isUnwanted else { return nil }
      state.parts.append(part)
      state.bytes += part.readableBytes
      defer { state.waiter = nil }
      return state.waiter
    }
    waiter?.resume()
  }

  /// No more will come; with an error before its end.
  func finish(_ end: Result<Void, any Error> = .success(())) {
    let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
      if state.end == nil { state.end = end }
      defer { state.waiter = nil }
      return state.waiter
    }
    waiter?.resume()
  }

  /// Whether more may be read now; if not, reading goes on once there is room.
  func hasRoom() -> Bool {
    state.withLock { state in
      guard state.bytes >= Self.capacity else { return true }
      state.isStalled = true
      return false
    }
  }
}
