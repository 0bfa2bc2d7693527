import Edge
import Foundation
import Testing

@testable import Tool

struct EdgeConfigurationTests {
  private let upstreams = [
    EdgeConfiguration.Upstream(name: "acquisition", addresses: ["10.0.0.2:7101", "10.0.0.3:7101"]),
    EdgeConfiguration.Upstream(name: "retention", addresses: []),
  ]

  @Test func `nothing of the template is left unsaid, and each service has its own part`() {
    let text = EdgeConfiguration(address: "127.0.0.1:7443", upstreams: upstreams).text
    #expect(!text.contains("{{"))
    #expect(text.contains("listen 127.0.0.1:7443 ssl http2;"))
    for name in ["acquisition", "retention"] {
      #expect(text.contains("upstream \(name) {"))
      #expect(text.contains("location /\(name)/ {"))
      #expect(text.contains("proxy_ssl_name \(name);"))
    }
    #expect(text.contains("    server 10.0.0.2:7101;\n    server 10.0.0.3:7101;\n"))
    #expect(!text.contains("set_real_ip_from") && !text.contains("\nuser "))
  }

  @Test func `balancers are believed and workers have their user only where that is said`() {
    let text = EdgeConfiguration(
      address: "[::]:7443", worker: .init(user: "www-data", group: "www-data"), upstreams: upstreams,
      trustedProxies: ["10.0.0.0/8"]
    ).text
    #expect(text.contains("\nuser www-data www-data;\n"))
    #expect(text.contains("  set_real_ip_from 10.0.0.0/8;\n  real_ip_header X-Forwarded-For;\n"))
    #expect(text.contains("listen [::]:7443 ssl http2;"))
  }
}
