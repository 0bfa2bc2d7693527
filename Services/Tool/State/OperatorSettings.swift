import Foundation
import Server

/// What an operator's command is told by its environment and its settings file; where these say nothing, the state folder
/// does.
struct OperatorSettings: Sendable {
  private let reader: SettingsReader

  init(environment: [String: String] = ProcessInfo.processInfo.environment) async throws {
    let known = Setting.ofService + Setting.ofSomeServices + Service.allCases.map { $0.passwordSetting }
    reader = try await SettingsReader(environment: environment, settings: known)
  }

  /// The database, by its owner.
  func databaseURL() throws -> String? {
    try reader.optional(.databaseURL) == nil ? nil : reader.databaseURL()
  }

  /// The password that the service's role is given.
  func password(of service: Service) throws -> String? {
    try reader.optional(service.passwordSetting)
  }

  /// The key in use.
  func key(_ purpose: Key.Purpose) throws -> String? {
    try reader.optional(purpose.setting)
  }
}

extension Service {
  var passwordSetting: Setting {
    Setting("ECRM_\(role.uppercased())_PASSWORD", "password of the role \(role)", .secret, absence: .nothing)
  }
}

extension Key.Purpose {
  fileprivate var setting: Setting {
    switch self {
    case .audit: .auditKey
    case .erasure: .erasureKey
    }
  }
}
