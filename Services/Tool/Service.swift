/// A service of the suite, named as its executable is.
enum Service: String, CaseIterable, Sendable {
  case acquisition
  case retention
  case expansion
  case channelIntegration = "channel-integration"
  case performanceMeasurement = "performance-measurement"

  /// The name of its database role, which is that of its schema too.
  var role: String { rawValue.replacing("-", with: "_") }

  /// Its place in the order of the ports, from 1.
  var place: Int { (Self.allCases.firstIndex(of: self) ?? 0) + 1 }
}
