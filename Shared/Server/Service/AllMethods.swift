extension SuiteService {
  /// The service's own methods and those that every service has, sorted by name.
  public static var allMethods: [any Method.Type] {
    (methods + [CancelJob.self, Discover.self, GetJob.self, ListJobs.self]).sorted { $0.name < $1.name }
  }
}
