// swift-tools-version: 6.2
import PackageDescription

/// The program that libFuzzer drives. It is a package of its own because all that is built for it bears libFuzzer's
/// instruments and beginning, which a package's build tools cannot do with; Tests/Faults/test_fuzz.py lays out its sources.
let package = Package(
  name: "fuzz",
  platforms: [.macOS(.v15)],
  targets: [
    .target(name: "Models"),
    .target(name: "JSON", dependencies: ["Models"]),
    .target(name: "JSONRPC", dependencies: ["JSON", "Models"]),
    .target(name: "Tables"),
    .target(name: "Datasets", dependencies: ["Tables"], exclude: ["fetch.sh"]),
    .target(name: "FuzzTargets", dependencies: ["Datasets", "JSON", "JSONRPC"]),
    .executableTarget(
      name: "Fuzz", dependencies: ["FuzzTargets"], swiftSettings: [.unsafeFlags(["-parse-as-library"])]),
  ]
)
