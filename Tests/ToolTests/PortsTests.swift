import Foundation
import Testing

@testable import Tool

struct PortsTests {
  @Test func `the ports follow the base in the order of the services`() {
    let ports = Ports(base: 7100)
    #expect(Service.allCases.map(ports.rpc) == [7101, 7102, 7103, 7104, 7105])
    #expect(Service.allCases.map(ports.admin) == [7201, 7202, 7203, 7204, 7205])
    #expect(ports.postgres == 7132)
    #expect(ports.edge == 7443)
    #expect(Set(ports.all) == Set([7101, 7102, 7103, 7104, 7105, 7201, 7202, 7203, 7204, 7205, 7443]))
  }

  @Test func `the base comes from the environment, and is 7100 without it`() throws {
    #expect(try Ports(environment: [:]).base == 7100)
    #expect(try Ports(environment: ["ECRM_PORT_BASE": ""]).base == 7100)
    #expect(try Ports(environment: ["ECRM_PORT_BASE": "8200"]).base == 8200)
  }

  @Test(arguments: ["abc", "0", "80", "65535", "-1", "7100.5"])
  func `a base that leaves no room for the ports is refused`(_ base: String) {
    #expect(throws: Fault.self) { try Ports(environment: ["ECRM_PORT_BASE": base]) }
  }

  @Test func `a port that somebody listens on is not free`() async throws {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = bind(descriptor, $0, length)
        _ = listen(descriptor, 1)
        _ = getsockname(descriptor, $0, &length)
      }
    }
    let port = Int(UInt16(bigEndian: address.sin_port))
    #expect(!Ports.isFree(port))
    let fault = await #expect(throws: Fault.self) { try await Ports(base: port - 1).requireFree(withinSeconds: 0) }
    #expect(fault?.description.contains("ECRM_PORT_BASE") == true)
  }

  @Test func `a role is named after its service`() {
    #expect(Service.channelIntegration.role == "channel_integration")
    #expect(Service(rawValue: "performance-measurement")?.place == 5)
  }
}
