import Foundation
import NIOCore
import Testing

@testable import Server

extension TransportTests {
  struct StreamedRouteTests {
    @Test(arguments: [false, true]) func `a body is taken in parts and an answer told in parts`(http2: Bool)
      async throws
    {
      try await withServer(http2: http2) { server async throws in
        let body = String(repeating: "y", count: 6_000_000)
        let taken = try await server.send("PUT", "/count", body: body, type: nil, authorized: true)
        #expect(taken.status == 201)
        #expect(taken.body == #"{"bytes":6000000,"isInParts":true}"#)
        let told = try await server.send("GET", "/tell/2500500/bytes", type: nil)
        #expect(told.status == 200)
        #expect(told.body.utf8.count == 2_500_500)
        #expect(told.headers["content-length"] == "2500500")
        #expect(told.headers["content-type"] == "text/plain")
        // The connection serves on.
        #expect(try await server.send("GET", "/tell/0/bytes", type: nil).body.isEmpty)
      }
    }

    @Test func `who may not is refused before what is too large`() async throws {
      try await withServer { server async throws in
        let large = String(repeating: "y", count: 9_000_000)
        #expect(try await server.send("PUT", "/count", body: large, type: nil).status == 401)
        #expect(try await server.send("PUT", "/count", body: large, type: nil, authorized: true).status == 413)
        #expect(try await server.send("POST", "/count", authorized: true).status == 405)
        for path in ["/tell//bytes", "/tell/1/2/bytes", "/tell/1", "/tell/bytes", "/tell/x/bytes"] {
          #expect(try await server.send("GET", path, type: nil).status == 404, "\(path)")
        }
        #expect(try await server.send("GET", "/tell/x/bytes", type: nil).body.contains("-32004"))
      }
    }

    @Test(arguments: [false, true]) func `an answer that breaks off is seen to be broken`(http2: Bool) async throws {
      try await withServer(http2: http2) { server async throws in
        await #expect(throws: (any Error).self) { try await server.send("GET", "/tell/broken/bytes", type: nil) }
        #expect(try await server.send("GET", "/tell/10/bytes", type: nil).body == "xxxxxxxxxx")
      }
    }
  }
}
