// swift-tools-version: 6.2
import PackageDescription

let swift: [SwiftSetting] = [.enableUpcomingFeature("NonisolatedNonsendingByDefault"), .treatAllWarnings(as: .error)]

/// A service is a library of everything it does, and an executable of the few lines that start it.
func service(_ library: String, executable: String) -> (product: Product, targets: [Target]) {
  (
    .executable(name: executable, targets: ["\(library)Run"]),
    [
      .target(
        name: library,
        dependencies: [
          "Server", "CustomerBase", "Matching", "Tables", "Postgres", "JSONRPC", "JSON", "Models",
          .product(name: "Crypto", package: "swift-crypto"),
        ],
        path: "Services/\(library)",
        exclude: ["Run", "Schema", "openrpc.json"],
        swiftSettings: swift,
        plugins: ["EmbedResources"]
      ),
      .executableTarget(
        name: "\(library)Run",
        dependencies: [.target(name: library), "Server"],
        path: "Services/\(library)/Run",
        swiftSettings: swift
      ),
    ]
  )
}

/// A folder of tests is a target.
func tests(_ name: String, of dependencies: [Target.Dependency]) -> Target {
  .testTarget(
    name: name, dependencies: dependencies + ["TestSupport"], path: "Tests/\(name)",
    exclude: name == "ContractTests" ? ["meta-schema-1.3.2.json", "LICENSE-openrpc.md"] : [], swiftSettings: swift)
}

let services = [
  service("Acquisition", executable: "acquisition"),
  service("Retention", executable: "retention"),
  service("Expansion", executable: "expansion"),
  service("ChannelIntegration", executable: "channel-integration"),
  service("PerformanceMeasurement", executable: "performance-measurement"),
]
let serviceLibraries: [Target.Dependency] = [
  "Acquisition", "Retention", "Expansion", "ChannelIntegration", "PerformanceMeasurement",
]

let package = Package(
  name: "ecrm",
  platforms: [.macOS(.v15)],
  products: services.map(\.product) + [
    .executable(name: "ecrm", targets: ["Tool"]), .executable(name: "json-bench", targets: ["JSONBench"]),
    .executable(name: "echo-bench", targets: ["EchoBench"]), .executable(name: "fit-bench", targets: ["FitBench"]),
  ],
  dependencies: [
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
  ],
  targets: [
    .systemLibrary(
      name: "CLibpq", path: "Shared/CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .systemLibrary(name: "CSpawn", path: "Shared/CSpawn"),
    .systemLibrary(name: "CMalloc", path: "Shared/CMalloc"),
    .target(name: "Models", path: "Shared/Models", swiftSettings: swift),
    .target(name: "JSON", dependencies: ["Models"], path: "Shared/JSON", swiftSettings: swift),
    .target(
      name: "JSONRPC", dependencies: ["JSON", "Models"], path: "Shared/JSONRPC", swiftSettings: swift),
    .target(
      name: "Postgres", dependencies: ["CLibpq", "Models"], path: "Shared/Postgres", swiftSettings: swift),
    .target(name: "Tables", path: "Shared/Tables", swiftSettings: swift),
    // Its inner loops are a hundred times slower without the optimiser, also where tests use it.
    .target(
      name: "Matching", dependencies: ["Models"], path: "Shared/Matching",
      swiftSettings: swift + [.unsafeFlags(["-O"], .when(configuration: .debug))]),
    .target(
      name: "CustomerBase",
      dependencies: ["Matching", "Postgres", "JSON", "Models", .product(name: "Crypto", package: "swift-crypto")],
      path: "Shared/CustomerBase",
      exclude: ["Schema"],
      swiftSettings: swift,
      plugins: ["EmbedResources"]
    ),
    .target(
      name: "Server",
      dependencies: [
        "CustomerBase", "JSONRPC", "JSON", "Models", "Postgres", "CMalloc",
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "HummingbirdHTTP2", package: "hummingbird"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOTLS", package: "swift-nio"),
        .product(name: "NIOExtras", package: "swift-nio-extras"),
        .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
        .product(name: "NIOHTTPTypesHTTP2", package: "swift-nio-extras"),
        .product(name: "NIOHTTP2", package: "swift-nio-http2"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Configuration", package: "swift-configuration"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "CoreMetrics", package: "swift-metrics"),
        .product(name: "Metrics", package: "swift-metrics"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "X509", package: "swift-certificates"),
        .product(name: "JWTKit", package: "jwt-kit"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ],
      path: "Shared/Server",
      swiftSettings: swift
    ),
    .target(
      name: "Edge", path: "Services/Edge", exclude: ["edge.conf"], swiftSettings: swift, plugins: ["EmbedResources"]),
    .executableTarget(
      name: "Tool",
      dependencies: serviceLibraries + [
        "Datasets", "Edge", "Server", "CustomerBase", "JSONRPC", "JSON", "Models", "Postgres", "CSpawn",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "X509", package: "swift-certificates"),
        .product(name: "JWTKit", package: "jwt-kit"),
        .product(name: "Crypto", package: "swift-crypto"),
      ],
      path: "Services/Tool",
      exclude: ["Datasets"],
      swiftSettings: swift
    ),
    .target(
      name: "Datasets", dependencies: ["Tables"], path: "Services/Tool/Datasets", exclude: ["fetch.sh"],
      swiftSettings: swift),
    .target(
      name: "ClientGenerator", dependencies: ["JSON", "Models"], path: "Clients/Generator", exclude: ["Templates"],
      swiftSettings: swift),
    .target(
      name: "TestSupport",
      dependencies: serviceLibraries + ["Server", "CustomerBase", "JSONRPC", "JSON", "Models", "Postgres"],
      path: "Tests/Support", swiftSettings: swift),
    tests("ModelsTests", of: ["Models"]),
    tests("JSONTests", of: ["JSON", "Models"]),
    tests("JSONRPCTests", of: ["JSONRPC", "JSON", "Models"]),
    tests("PostgresTests", of: ["Postgres", "Models"]),
    tests(
      "CustomerBaseTests",
      of: ["CustomerBase", "ChannelIntegration", "Retention", "Server", "Postgres", "JSON", "Models"]),
    tests(
      "ServerTests",
      of: serviceLibraries + [
        "Server", "CustomerBase", "Postgres", "JSONRPC", "JSON", "Models",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "JWTKit", package: "jwt-kit"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "X509", package: "swift-certificates"),
        .product(name: "Crypto", package: "swift-crypto"),
      ]),
    tests("AcquisitionTests", of: ["Acquisition", "Server", "Models"]),
    tests("MatchingTests", of: ["Matching", "Datasets"]),
    tests(
      "ChannelIntegrationTests",
      of: ["ChannelIntegration", "CustomerBase", "Matching", "Datasets", "Server", "Postgres", "JSON", "Models"]),
    tests(
      "RetentionTests",
      of: ["Retention", "ChannelIntegration", "CustomerBase", "Datasets", "Server", "Postgres", "JSON", "Models"]),
    tests(
      "ExpansionTests", of: ["Expansion", "ChannelIntegration", "Acquisition", "Server", "Postgres", "JSON", "Models"]),
    tests(
      "PerformanceMeasurementTests",
      of: [
        "PerformanceMeasurement", "ChannelIntegration", "Acquisition", "Datasets", "Server", "Postgres", "JSON",
        "Models",
      ]),
    .target(
      name: "FuzzTargets", dependencies: ["Datasets", "JSONRPC", "JSON"], path: "Tests/Fuzz/Targets",
      swiftSettings: swift),
    tests("FuzzTests", of: serviceLibraries + ["FuzzTargets", "Server", "JSONRPC", "JSON", "Models"]),
    tests("DatasetTests", of: ["Datasets"]),
    tests("TablesTests", of: ["Tables"]),
    tests("ContractTests", of: serviceLibraries + ["ClientGenerator", "Server", "JSONRPC", "JSON", "Models"]),
    tests(
      "ToolTests",
      of: [
        "Tool", "Datasets", "Edge", "ChannelIntegration", "PerformanceMeasurement", "Server", "CustomerBase",
        "Postgres", "JSON", "Models",
        .product(name: "X509", package: "swift-certificates"),
        .product(name: "Crypto", package: "swift-crypto"),
      ]),
    tests(
      "EndToEndTests",
      of: [
        "Postgres", "JSON", "Models",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ]),
    .executableTarget(name: "JSONBench", dependencies: ["JSON"], path: "Bench/JSON", swiftSettings: swift),
    .executableTarget(
      name: "JSONLines", dependencies: ["JSON", "Models"], path: "Tests/Faults/JSONLines", swiftSettings: swift),
    .executableTarget(
      name: "EchoBench",
      dependencies: [
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "HummingbirdTLS", package: "hummingbird"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
      ],
      path: "Bench/Echo", swiftSettings: swift),
    .executableTarget(
      name: "FitBench", dependencies: ["Retention"], path: "Bench/Fit", swiftSettings: swift),
    .executableTarget(name: "EmbedTool", path: "Plugins/EmbedTool", swiftSettings: swift),
    .plugin(
      name: "EmbedResources", capability: .buildTool(), dependencies: ["EmbedTool"],
      path: "Plugins/EmbedResources"),
  ] + services.flatMap(\.targets)
)
