import ArgumentParser
import Edge
import Foundation
import Server

/// The edge alone, in a container. Not for people to start: `ecrm up` runs it beside the services.
struct EdgeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "edge", abstract: "Runs the edge alone, in front of services elsewhere, until it is told to stop.",
    discussion: """
      It is told by its environment where to listen and where the services are. Replaced certificates and services that \
      have moved are noticed without a restart.
      """)

  @Option(help: "The folder for its configuration and what it keeps while it runs.")
  var folder = "/tmp/edge"

  func run() async throws {
    let settings = try await EdgeSettings(environment: ProcessInfo.processInfo.environment)
    let server = settings.server(folder: StateFolder(path: folder).path)
    try server.prepare()
    if let fault = server.fault() { throw Fault("The edge cannot start: \(fault)") }
    let master = EdgeMaster(server)
    let tell: @Sendable (String) -> Void = { Terminal.say($0) }
    let process = KeptProcess(
      name: "edge", log: "", record: server.folder + "/edge.pid", tell: tell
    ) { try await master.start { try $0.spawn(output: STDERR_FILENO) } }
    let (signals, continuation) = AsyncStream.makeStream(of: Void.self)
    let sources = [SIGTERM, SIGINT].map { number in
      // Dispatch sees a signal only when it does not end the process first.
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number)
      source.setEventHandler { continuation.yield() }
      source.resume()
      return source
    }
    defer { for source in sources { source.cancel() } }
    await process.begin()
    let watch = Task { await server.keepFresh(process, everySeconds: settings.reloadSeconds, tell: tell) }
    for await _ in signals { break }
    watch.cancel()
    await process.end(asking: SIGQUIT, forcing: SIGTERM, afterSeconds: 35)
    await master.endWorkers()
  }
}

/// What the edge is told by its environment.
struct EdgeSettings: Sendable {
  static let host = Setting("ECRM_EDGE_HOST", "address to answer on", absence: .standard("127.0.0.1"))
  static let port = Setting("ECRM_EDGE_PORT", "port to answer on", .number)
  static let authority = Setting("ECRM_TLS_AUTHORITY", "PEM file of the authority of the services' certificates")
  static let all =
    [host, port, .certificate, .certificateKey, authority, .trustedProxies, .reloadSeconds]
    + Service.allCases.map(\.addressSetting)

  let address: String
  let certificate: String
  let certificateKey: String
  let authority: String
  let trustedProxies: [String]
  let reloadSeconds: Double
  /// Host and port of each service.
  let services: [Service: (host: String, port: Int)]

  init(environment: [String: String]) async throws {
    let reader = try await SettingsReader(environment: environment, settings: Self.all)
    address = Self.address(host: try reader.text(Self.host), port: try reader.port(Self.port))
    certificate = try reader.text(.certificate)
    certificateKey = try reader.text(.certificateKey)
    authority = try reader.text(Self.authority)
    trustedProxies = try Self.networks(try reader.optional(.trustedProxies))
    let seconds = try reader.text(.reloadSeconds)
    guard let reload = Double(seconds), (0.1...3600).contains(reload) else {
      throw Fault("ECRM_TLS_RELOAD_SECONDS is \(seconds): set it to a number of seconds from 0.1 to 3600.")
    }
    reloadSeconds = reload
    services = Dictionary(
      uniqueKeysWithValues: try Service.allCases.map { service in
        let text = try reader.text(service.addressSetting)
        guard let found = text.wholeMatch(of: /([A-Za-z0-9._-]+):([0-9]+)/), let port = Int(found.2),
          (1...65_535).contains(port)
        else {
          throw Fault("\(service.addressSetting.name) is \(text): set it to a host and a port, as retention:7102.")
        }
        return (service, (String(found.1), port))
      })
  }

  func server(folder: String) -> EdgeServer {
    EdgeServer(
      folder: folder, certificate: certificate, certificateKey: certificateKey, authority: authority
    ) { [address, services, trustedProxies] in
      let upstreams = Service.allCases.map { service in
        let addresses = services[service].map { place in Addresses.find(place.host).map { "\($0):\(place.port)" } }
        return EdgeConfiguration.Upstream(name: service.rawValue, addresses: addresses ?? [])
      }
      return EdgeConfiguration(
        address: address, worker: EdgeServer.worker().flatMap(\.worker), upstreams: upstreams,
        trustedProxies: trustedProxies)
    }
  }

  /// Where to listen, as nginx has it.
  static func address(host: String, port: Int) -> String {
    host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
  }

  /// Networks with commas between them.
  static func networks(_ list: String?) throws -> [String] {
    let networks = (list ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    if let wrong = networks.first(where: { $0.wholeMatch(of: /[0-9A-Fa-f.:]+(\/[0-9]+)?/) == nil }) {
      throw Fault("ECRM_TRUSTED_PROXIES holds \(wrong): set it to addresses or networks, as 10.0.0.0/8.")
    }
    return networks
  }
}

extension Service {
  /// Where the edge finds the service, in containers.
  var addressSetting: Setting {
    Setting("ECRM_\(role.uppercased())_ADDRESS", "host and port of \(rawValue)")
  }
}

/// The addresses of a host, asked of the system; in containers a name has one for each replica.
enum Addresses {
  static func find(_ host: String) -> [String] {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_family = AF_INET
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, nil, &hints, &list) == 0 else { return [] }
    defer { freeaddrinfo(list) }
    var found: Set<String> = []
    var next = list
    while let entry = next?.pointee {
      var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
      if getnameinfo(entry.ai_addr, entry.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0 {
        found.insert(String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
      }
      next = entry.ai_next
    }
    return found.sorted()
  }
}
