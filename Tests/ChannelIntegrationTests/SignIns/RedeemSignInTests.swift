import CustomerBase
import JSON
import JSONRPC
import Models
import Testing
import TestSupport

@testable import ChannelIntegration
@testable import Server

struct RedeemSignInTests {
  private static let token = "eyJhbGciOiJFUzI1NiJ9.eyJyb2xlIjoic3RhZmYifQ.c2ln"

  /// Keeps a token as `ecrm sign-in` does, for ten minutes, and answers the code.
  private func keep(_ service: TestService, token: String = token, id: String = "t-1") async throws -> String {
    let code = SealedToken.makeCode()
    let sealed = try SealedToken(token, code: code)
    try await service.database.execute(
      """
      INSERT INTO channel_integration.sign_ins (code_hash, sealed_token, token_id, expires_at)
      VALUES (\(sealed.codeHash), \(sealed.sealed), \(id), \(service.clock.now.adding(seconds: 600)))
      """)
    return code
  }

  private func redeem(
    _ service: TestService, _ code: String, as principal: Principal? = nil, key: String? = nil
  ) async throws -> String? {
    let params = try JSONDocument(parsing: #"{"code":"\#(code)"}"#).root
    let answer = try await service.respond(to: "signIns.redeem", params: params, as: principal, key: key)
    #expect(!answer.isReplayed)
    return try JSONDocument(parsing: answer.json).root["token"]?.string
  }

  /// What a call was refused with, without the id of its request.
  private func refusal(_ service: TestService, _ code: String) async throws -> [String?] {
    let error = await #expect(throws: RPCError.self) { _ = try await redeem(service, code) }
    let data = try JSONDocument(parsing: Array(#require(error?.data).utf8)).root
    return ["\(error?.code.rawValue ?? 0)", error?.message, data["type"]?.string, data["detail"]?.string]
  }

  @Test func `a code gives its token once, without a token, and its use stands in the journal`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let code = try await keep(service)
      let token = try await redeem(service, code)
      #expect(token == Self.token)
      let left: Int64 = try await service.database.shared.one("SELECT count(*) FROM channel_integration.sign_ins")
      #expect(left == 0)
      let entry = try await service.database.shared.rows(
        "SELECT actor, subject::text, payload->>'tokenID' FROM base.journal WHERE type = 'signIn.redeemed'")
      let told = try entry.map { try $0.decode(String.self, String?.self, String.self) }
      #expect(told.count == 1)
      #expect(told.first?.0 == "anonymous" && told.first?.1 == nil && told.first?.2 == "t-1")
    }
  }

  @Test func `a wrong code, a used one and an expired one are refused alike`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let (used, late) = (try await keep(service), try await keep(service))
      _ = try await redeem(service, used)
      let wrong = try await refusal(service, SealedToken.makeCode())
      #expect(wrong.prefix(3) == ["-32004", "What the call names does not exist.", "not_found"])
      let again = try await refusal(service, used)
      #expect(again == wrong)
      service.clock.advance(seconds: 599)
      let last = try await keep(service)
      service.clock.advance(seconds: 1)
      let expired = try await refusal(service, late)
      #expect(expired == wrong)
      let empty = try await refusal(service, "")
      #expect(empty == wrong)
      let inTime = try await redeem(service, last)
      #expect(inTime == Self.token)
    }
  }

  @Test func `of many who come at once one has the token`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let code = try await keep(service)
      let tokens = await withTaskGroup(of: String?.self) { group in
        for _ in 0..<8 { group.addTask { try? await redeem(service, code) } }
        return await group.reduce(into: [String]()) { all, token in if let token { all.append(token) } }
      }
      #expect(tokens == [Self.token])
    }
  }

  @Test func `an idempotency key does not bring the token again, and nothing of it is kept`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let code = try await keep(service)
      let token = try await redeem(service, code, as: .staff, key: "k-1")
      #expect(token == Self.token)
      let error = await #expect(throws: RPCError.self) { _ = try await redeem(service, code, as: .staff, key: "k-1") }
      #expect(error?.code == .notFound)
      let kept: Int64 = try await service.database.shared.one("SELECT count(*) FROM base.answers")
      #expect(kept == 0)
    }
  }

  @Test func `what the database holds is neither the code nor the token`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let code = try await keep(service)
      let row: String = try await service.database.shared.one(
        """
        SELECT encode(code_hash, 'escape') || encode(sealed_token, 'escape') || token_id
        FROM channel_integration.sign_ins
        """)
      #expect(!row.contains(code) && !row.contains(Self.token) && !row.contains("eyJ"))
      // Another's sealed token in its place does not open.
      let other = try SealedToken("another token", code: SealedToken.makeCode())
      try await service.database.execute(
        "UPDATE channel_integration.sign_ins SET sealed_token = \(other.sealed)")
      let error = await #expect(throws: RPCError.self) { _ = try await redeem(service, code) }
      #expect(error?.code == .internalError)
    }
  }

  @Test func `links that nobody used are forgotten, and no others`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      _ = try await keep(service)
      service.clock.advance(seconds: 300)
      let code = try await keep(service, token: "later", id: "t-2")
      service.clock.advance(seconds: 300)
      try await service.running.carryOut(ForgetSignIns.self)
      let left: [String] = try await service.database.shared.all("SELECT token_id FROM channel_integration.sign_ins")
      #expect(left == ["t-2"])
      let token = try await redeem(service, code)
      #expect(token == "later")
    }
  }
}
