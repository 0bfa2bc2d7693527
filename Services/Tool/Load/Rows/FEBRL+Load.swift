import Datasets

/// A record as `profiles.import` takes it.
struct ProfileImportRow: Encodable {
  let externalId: String
  let traits: [String: String]
}

extension FEBRL {
  /// The two lists of the same 5,000 people, each as a source of its own.
  static func phases(_ pathA: String, _ pathB: String) throws -> [LoadPhase] {
    try [phase(pathA, source: "febrl-a"), phase(pathB, source: "febrl-b")]
  }

  private static func phase(_ path: String, source: String) throws -> LoadPhase {
    let rows = try people(path: path).map { ProfileImportRow(externalId: $0.record, traits: $0.traits) }
    return LoadPhase(title: "\(source) contacts", kind: .profiles, source: source, rows: rows)
  }
}

extension FEBRL.Person {
  /// What is known of the person, by the suite's names and as the list has it.
  var traits: [String: String] {
    [
      "givenName": givenName, "familyName": surname, "streetNumber": streetNumber, "street": addressLine1,
      "building": addressLine2, "locality": suburb, "postalCode": postcode, "region": state,
      "dateOfBirth": dateOfBirth, "nationalId": socialSecurityID,
    ].compactMapValues(\.self)
  }
}
