/// Settings that come by the environment, where a secret may also come by a file.
struct Settings: Sendable {
  let environment: [String: String]

  /// The value of the variable, or the text of the file that the variable with `_FILE` names; nil when neither is set.
  func secret(_ name: String) throws -> String? {
    let value = environment[name].flatMap { $0.isEmpty ? nil : $0 }
    guard let path = environment[name + "_FILE"], !path.isEmpty else { return value }
    guard value == nil else { throw Fault("Both \(name) and \(name)_FILE are set: unset one of them.") }
    guard let text = try Files.text(path) else {
      throw Fault("\(name)_FILE names \(path), where there is no file: write it, or name another.")
    }
    return text
  }
}
