import Crypto
import Foundation
import Server
import Testing

@testable import Tool

struct SignInTests {
  @Test func `a link's code opens the token that was kept, and nothing else does`() async throws {
    try await withExampleDatabase { connection, pool in
      let code = try await SignInLink.add("token of staff", id: "t-1", minutes: 10, to: connection.text)
      let rows = try await pool.shared.rows(
        """
        SELECT code_hash, sealed_token, extract(epoch FROM expires_at - now())::int8
        FROM channel_integration.sign_ins WHERE token_id = 't-1'
        """)
      let (hash, sealed, seconds) = try #require(rows.first).decode([UInt8].self, [UInt8].self, Int64.self)
      #expect(hash == SealedToken.hash(of: code) && (590...600).contains(seconds))
      let kept = SealedToken(codeHash: hash, sealed: sealed)
      #expect(try kept.open(with: code) == "token of staff")
      #expect(throws: (any Error).self) { try kept.open(with: SealedToken.makeCode()) }
      var changed = sealed
      changed[20] ^= 1
      #expect(throws: (any Error).self) { try SealedToken(codeHash: hash, sealed: changed).open(with: code) }
      // Under another code's hash it is worth nothing, even to that code's bearer.
      let other = SealedToken.hash(of: "other")
      #expect(throws: (any Error).self) { try SealedToken(codeHash: other, sealed: sealed).open(with: code) }
    }
  }

  @Test func `codes have 256 bits, in characters that stay as they are in a link`() {
    let codes = Set((0..<100).map { _ in SealedToken.makeCode() })
    #expect(codes.count == 100)
    for code in codes { #expect(code.wholeMatch(of: /[A-Za-z0-9_-]{43}/) != nil) }
    let links = ["https://localhost:7443", "https://crm.example.com/"].map { SignInLink.text("c", origin: $0) }
    #expect(links == ["https://localhost:7443/#sign-in=c", "https://crm.example.com/#sign-in=c"])
  }

  @Test(
    arguments: [
      ["--minutes", "0"], ["--minutes", "1441"], ["--days", "0"], ["--days", "366"], ["--role", "customer"],
      ["--role", "king"], ["--origin", "http://crm.example.com"], ["--origin", "https://crm.example.com/console"],
    ])
  func `a link that must not be is refused before anything is made`(arguments: [String]) {
    #expect(throws: (any Error).self) { try SignInCommand.parse(arguments) }
  }
}
