import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Makes the requests that NIO's parser has read into those of `HTTPTypes`, and whole answers into bytes.
///
/// NIO's own codec takes each target apart as a URL, which costs more than most look-ups, and has the head, the body and
/// the end of an answer go down, be encrypted and be written each by itself.
final class MessageCodec: ChannelDuplexHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = Reply
  typealias OutboundOut = ByteBuffer

  /// A body of up to this length is copied behind its head, so that both go out as one piece. A longer one may be shared
  /// with other answers, and copying it costs more than a piece of its own.
  private static let copiedBytes = 8 * 1024

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      guard let method = HTTPRequest.Method(head.method.rawValue) else {
        return context.fireErrorCaught(HTTPParserError.invalidMethod)
      }
      context.fireChannelRead(wrapInboundOut(.head(Self.request(head, method))))
    case .body(let part):
      context.fireChannelRead(wrapInboundOut(.body(part)))
    case .end:
      // Nobody asks for trailers.
      context.fireChannelRead(wrapInboundOut(.end(nil)))
    }
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    let reply = unwrapOutboundIn(data)
    if reply.piece == .part || reply.piece == .end {
      return context.write(wrapOutboundOut(reply.body), promise: promise)
    }
    let count = reply.body.readableBytes
    let isCopied = count <= Self.copiedBytes
    var bytes = context.channel.allocator.buffer(capacity: 512 + (isCopied ? count : 0))
    Self.write(reply.head, to: &bytes)
    if isCopied {
      bytes.writeImmutableBuffer(reply.body)
      context.write(wrapOutboundOut(bytes), promise: promise)
    } else {
      context.write(wrapOutboundOut(bytes), promise: nil)
      context.write(wrapOutboundOut(reply.body), promise: promise)
    }
  }

  /// The request with its target as it came; its one host stands by itself, any further one among the fields.
  private static func request(_ head: HTTPRequestHead, _ method: HTTPRequest.Method) -> HTTPRequest {
    var authority: String?
    var fields = HTTPFields()
    fields.reserveCapacity(head.headers.count)
    for (name, value) in head.headers {
      guard let name = HTTPField.Name(name) else { continue }
      if authority == nil, name.canonicalName == "host" {
        authority = value
      } else {
        fields.append(HTTPField(name: name, value: value))
      }
    }
    return HTTPRequest(method: method, scheme: nil, authority: authority, path: head.uri, headerFields: fields)
  }

  /// Writes a head; its fields say how long the body is, and cannot hold what would end a line.
  private static func write(_ head: HTTPResponse, to bytes: inout ByteBuffer) {
    if head.status == .ok {
      bytes.writeStaticString("HTTP/1.1 200 OK\r\n")
    } else {
      bytes.writeString("HTTP/1.1 \(head.status.code) \(head.status.reasonPhrase)\r\n")
    }
    for field in head.headerFields {
      bytes.writeString(field.name.rawName)
      bytes.writeStaticString(": ")
      bytes.writeString(field.value)
      bytes.writeStaticString("\r\n")
    }
    bytes.writeStaticString("\r\n")
  }
}
