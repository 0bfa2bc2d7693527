/// What the edge's configuration says beyond its template: where it listens, and where the services are.
///
/// Certificates, keys and the console are files of fixed names in the edge's folder, or links there, so that no path
/// stands in the configuration.
public struct EdgeConfiguration: Hashable, Sendable {
  /// A service behind the edge.
  public struct Upstream: Hashable, Sendable {
    /// Its name, which its certificate and the path below the origin bear.
    public var name: String
    /// Where it answers, as `127.0.0.1:7101`; one for each replica.
    public var addresses: [String]

    public init(name: String, addresses: [String]) {
      self.name = name
      self.addresses = addresses
    }
  }

  /// The user and the group as whom requests are worked on, where the edge is started by root.
  public struct Worker: Hashable, Sendable {
    public var user: String
    public var group: String

    public init(user: String, group: String) {
      self.user = user
      self.group = group
    }
  }

  /// Address and port to answer on, as `127.0.0.1:7443`.
  public var address: String
  public var worker: Worker?
  public var upstreams: [Upstream]
  /// Networks of balancers before the edge, whose `X-Forwarded-For` is believed.
  public var trustedProxies: [String]

  public init(address: String, worker: Worker? = nil, upstreams: [Upstream], trustedProxies: [String] = []) {
    self.address = address
    self.worker = worker
    self.upstreams = upstreams
    self.trustedProxies = trustedProxies
  }

  /// The configuration for nginx.
  public var text: String {
    let proxies = trustedProxies.map { "  set_real_ip_from \($0);" }
    let behind = proxies.isEmpty ? [] : ["  real_ip_header X-Forwarded-For;", "  real_ip_recursive on;"]
    var lines: [String] = []
    var section: [String]?
    for line in Embedded.template.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      switch line {
      case "{{#services}}": section = []
      case "{{/services}}":
        for upstream in upstreams { lines += (section ?? []).map { put(upstream, into: $0) } }
        section = nil
      case _ where section != nil: section?.append(line)
      default: lines.append(line)
      }
    }
    return lines.joined(separator: "\n")
      .replacing("{{user}}", with: worker.map { "user \($0.user) \($0.group);" } ?? "")
      .replacing("{{proxies}}", with: (proxies + behind).joined(separator: "\n"))
      .replacing("{{address}}", with: address)
  }

  private func put(_ upstream: Upstream, into line: String) -> String {
    // A service that is nowhere refuses each connection, so that the edge says that it does not answer.
    let addresses = upstream.addresses.isEmpty ? ["127.0.0.1:1"] : upstream.addresses
    return line.replacing("{{name}}", with: upstream.name)
      .replacing("{{servers}}", with: addresses.map { "    server \($0);" }.joined(separator: "\n"))
  }
}
