import Foundation
import HTTPTypes
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import NIOPosix
import NIOSSL

// The peer that the suite's look-ups are measured against: Hummingbird's core as it comes, which reads each request's
// body and answers one and the same text, with the suite's certificate and TLS settings and as many loops.
//
// Arguments: port, certificate, key, the answer's bytes.

let arguments = CommandLine.arguments.dropFirst()
guard arguments.count == 4, let port = Int(arguments[1]), let size = Int(arguments[4]), size >= 2 else {
  FileHandle.standardError.write(Data("usage: echo-bench PORT CERTIFICATE KEY BYTES\n".utf8))
  exit(2)
}

let chain = try NIOSSLCertificate.fromPEMFile(arguments[2])
let key = try NIOSSLPrivateKey(file: arguments[3], format: .pem)
var tls = TLSConfiguration.makeServerConfiguration(
  certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
tls.minimumTLSVersion = .tlsv12
tls.applicationProtocols = ["http/1.1"]

let text = ByteBuffer(string: "\"" + String(repeating: "x", count: size - 2) + "\"")
let fields: HTTPFields = [.contentType: "application/json", .contentLength: "\(size)"]
let server = try HTTPServerBuilder.tls(.http1(), tlsConfiguration: tls).buildServer(
  configuration: ServerConfiguration(address: .hostname("127.0.0.1", port: port), backlog: 1024),
  eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: Logger(label: "echo")
) { request, writer, _ in
  for try await _ in request.body {}
  try await writer.write(
    response: HTTPResponse(status: .ok, headerFields: fields), body: ResponseBody(byteBuffer: text))
}
try await server.run()
