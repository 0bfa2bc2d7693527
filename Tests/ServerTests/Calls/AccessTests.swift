import JSON
import JSONRPC
import Models
import TestSupport
import Testing

@testable import Server

@Suite struct AccessTests {
  private struct Caller: Sendable {
    let name: String
    let principal: Principal?
    /// Whether the house's rules let this caller in.
    let mayCall: @Sendable (any Method.Type) -> Bool
  }

  private static func principal(_ role: Role, _ scopes: Set<String>? = []) -> Principal {
    let customer = role == .customer ? "01890000-0000-7000-8000-000000000000" : nil
    return Principal(issuer: "ecrm", subject: "\(role)", role: role, scopes: scopes, customer: customer)
  }

  private static func callers(for scope: String) -> [Caller] {
    let isOpen: @Sendable (any Method.Type) -> Bool = {
      ["rpc.discover", "signIns.redeem"].contains($0.name)
    }
    return [
      Caller(name: "nobody", principal: nil, mayCall: isOpen),
      Caller(name: "staff", principal: principal(.staff, nil)) { isOpen($0) || $0.access.roles.contains(.staff) },
      Caller(name: "staff of another noun", principal: principal(.staff, ["others:read"]), mayCall: isOpen),
      Caller(name: "staff with the scope", principal: principal(.staff, [scope])) {
        isOpen($0) || $0.access.roles.contains(.staff)
      },
      Caller(name: "partner", principal: principal(.partner), mayCall: isOpen),
      Caller(name: "partner with the scope", principal: principal(.partner, [scope])) {
        isOpen($0) || $0.access.roles.contains(.partner)
      },
      Caller(name: "service", principal: principal(.service), mayCall: isOpen),
      Caller(name: "service with the scope", principal: principal(.service, [scope])) {
        isOpen($0) || $0.access.roles.contains(.service)
      },
      Caller(name: "customer", principal: principal(.customer, [scope])) { method in
        isOpen(method) || method.access.roles.contains(.customer)
      },
      Caller(name: "site", principal: principal(.site, [scope])) { isOpen($0) || $0.name == "events.collect" },
    ]
  }

  @Test(arguments: allServices.map { $0.name })
  func `every method lets in whom its declaration names and nobody else`(name: String) async throws {
    let service = try #require(allServices.first { $0.name == name })
    try await withService(service) { test in
      let params = try JSONDocument(parsing: #"{"unheardOf":true}"#).root
      for method in service.allMethods {
        for caller in Self.callers(for: method.access.scope) {
          var code = 0
          do {
            _ = try await test.respond(to: method.name, params: params, as: caller.principal)
          } catch let error as RPCError {
            code = error.code.rawValue
          }
          let refused = caller.principal == nil ? -32001 : -32003
          #expect(code == (caller.mayCall(method) ? -32602 : refused), "\(caller.name) calls \(method.name)")
        }
      }
    }
  }

  @Test(arguments: allServices.flatMap { $0.allMethods }.filter { $0.access.roles.contains(.customer) }.map { $0.name })
  func `whatever customers may ask about a customer is held to their own`(name: String) throws {
    let method = try #require(allServices.flatMap { $0.allMethods }.first { $0.name == name })
    let params = try JSONDocument(parsing: json(ofExampleOf: method)).root
    #expect(method is any AboutCustomer.Type == (params["customer"] != nil))
  }

  private func json<M: Method>(ofExampleOf method: M.Type) throws -> [UInt8] {
    let ids = IDGenerator(clock: { ExampleData.now })
    let example = M.example(
      in: ExampleData(
        ada: ids.make(), newsletter: ids.make(), grace: ids.make(), link: ids.make(), export: ids.make(),
        points: ids.make(), job: ids.make(), queuedJob: ids.make()))
    return try encodeJSON(example)
  }
}
