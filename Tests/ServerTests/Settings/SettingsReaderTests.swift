import Foundation
import Testing

@testable import Server

@Suite struct SettingsReaderTests {
  /// A reader of this environment and of a settings file with this text.
  private func reader(_ environment: [String: String] = [:], file text: String? = nil) async throws -> SettingsReader {
    var environment = environment
    let path = "/tmp/ecrm-settings-\(UUID().uuidString).json"
    if let text {
      try text.write(toFile: path, atomically: true, encoding: .utf8)
      environment[SettingsReader.fileVariable] = path
    }
    defer { try? FileManager.default.removeItem(atPath: path) }
    do {
      return try await SettingsReader(environment: environment, settings: Setting.ofService)
    } catch let wrong as WrongSetting {
      throw WrongSetting(description: wrong.description.replacing(path, with: "FILE"))
    }
  }

  @Test func `the environment comes before the file and the file before defaults`() async throws {
    let file = #"{"serviceHost":"10.0.0.1","port":7101,"logLevel":"debug","allowedOrigins":["https://a.example"]}"#
    let reader = try await reader(["ECRM_LOG_LEVEL": "error", "ECRM_ADMIN_PORT": "7201"], file: file)
    func found(_ setting: Setting) throws -> [String] {
      guard let found = try reader.find(setting) else { return [] }
      if case .file = found.source { return [found.text, "file"] }
      return [found.text, "\(found.source)"]
    }
    #expect(try found(.logLevel) == ["error", "environment"])
    #expect(try found(.adminPort) == ["7201", "environment"])
    #expect(try found(.serviceHost) == ["10.0.0.1", "file"])
    #expect(try found(.port) == ["7101", "file"])
    #expect(try found(.allowedOrigins) == ["https://a.example", "file"])
    #expect(try found(.adminHost) == ["127.0.0.1", "default"])
    #expect(try found(.certificate) == [])
    #expect(try reader.port(.port) == 7101)
  }

  @Test func `an empty variable leaves the word to the file`() async throws {
    let reader = try await reader(["ECRM_LOG_LEVEL": ""], file: #"{"logLevel":"debug"}"#)
    #expect(try reader.text(.logLevel) == "debug")
  }

  @Test(
    arguments: [
      (#"{"portt":1}"#, "FILE holds portt, which is no setting."),
      (#"{"ECRM_PORT":1}"#, "FILE holds ECRM_PORT, which is no setting."),
      (#"{"settingsFile":"x"}"#, "FILE holds settingsFile, which is no setting."),
      (#"{"port":"7101"}"#, "FILE holds port (ECRM_PORT), which is not a number."),
      (#"{"port":true}"#, "FILE holds port (ECRM_PORT), which is not a number."),
      (#"{"logLevel":null}"#, "FILE holds logLevel (ECRM_LOG_LEVEL), which is not a string."),
      (#"{"logLevel":{"all":"info"}}"#, "FILE holds logLevel (ECRM_LOG_LEVEL), which is not a string."),
      (
        #"{"trustedProxies":"::1"}"#,
        "FILE holds trustedProxies (ECRM_TRUSTED_PROXIES), which is not a list of strings."
      ),
      (#"{"port":1,"port":2}"#, "ECRM_SETTINGS_FILE names FILE, which is no JSON object."),
      ("[]", "ECRM_SETTINGS_FILE names FILE, which is no JSON object."),
    ])
  func `a file with anything but settings is refused`(text: String, sentence: String) async throws {
    let refused = await #expect(throws: WrongSetting.self) { try await reader(file: text) }
    #expect(refused?.description == sentence)
  }

  @Test func `a file that is not there is refused`() async throws {
    let environment = [SettingsReader.fileVariable: "/nowhere"]
    let refused = await #expect(throws: WrongSetting.self) { try await reader(environment) }
    #expect(refused?.description == "ECRM_SETTINGS_FILE names /nowhere, which cannot be read.")
  }

  @Test func `a secret comes by itself or by a file, not both from one place`() async throws {
    let path = "/tmp/ecrm-secret-\(UUID().uuidString)"
    try "postgresql:///secret\n\n".write(toFile: path, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: path) }
    let byFile = try await reader(file: #"{"databaseUrlFile":"\#(path)"}"#)
    #expect(try byFile.text(.databaseURL) == "postgresql:///secret\n")
    #expect(try byFile.find(.databaseURL)?.file == path)
    let both = try await reader(file: #"{"databaseUrlFile":"\#(path)","databaseUrl":"x"}"#)
    let refused = #expect(throws: WrongSetting.self) { try both.text(.databaseURL) }
    #expect(
      refused?.description == "ECRM_DATABASE_URL and ECRM_DATABASE_URL_FILE are both set; keep one of them.")
    let nearer = try await reader(["ECRM_DATABASE_URL": "near"], file: #"{"databaseUrlFile":"\#(path)"}"#)
    #expect(try nearer.text(.databaseURL) == "near")
    let fileNearer = try await reader(["ECRM_DATABASE_URL_FILE": path], file: #"{"databaseUrl":"far"}"#)
    #expect(try fileNearer.text(.databaseURL) == "postgresql:///secret\n")
  }

  @Test func `keys of the file follow the variables' names`() {
    #expect(Setting.tokenKeys.key == "jwtKeys")
    #expect(Setting.databaseURL.key == "databaseUrl")
    #expect(Setting.clientAuthority.key == "tlsClientAuthority")
    #expect(Set(Setting.ofService.map(\.name)).count == Setting.ofService.count)
  }
}
