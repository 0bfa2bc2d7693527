import ArgumentParser
import Foundation
import JSON

struct Demo: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Loads the public data sets, fits and trains, and shows the value chain in figures.",
    discussion: """
      The suite has to be up. Data sets that are missing are named; Online Retail is taken when it is at hand. Running it \
      again changes nothing.
      """)

  func run() async throws {
    let datasets = try Dataset.allCases.filter { dataset in
      if dataset == .onlineRetail { return dataset.files() != nil }
      _ = try dataset.requiredFiles()
      return true
    }
    let client = try SuiteClient()
    let outcome: Result<[String], any Error>
    do {
      outcome = .success(try await summary(of: datasets, client))
    } catch {
      outcome = .failure(error)
    }
    try await client.close()
    for line in try outcome.get() { Terminal.say(line) }
    Terminal.say(
      """

      The console, signed in, for the one who opens this link first within 10 minutes (\(Terminal.command) sign-in makes \
      another):
        \(try await SignInLink.forStaff(client.state))
      """)
  }

  private func summary(of datasets: [Dataset], _ client: SuiteClient) async throws -> [String] {
    for dataset in datasets { try await LoadJob(dataset).run(client) }
    let jobs = try await DemoJobs.finished(client)
    return try await DemoSummary(client, jobs: jobs, hasRetail: datasets.contains(.onlineRetail)).lines()
  }
}

/// The jobs of the demonstration, kept in the state folder so that running it again starts none.
struct DemoJobs: Codable {
  /// Last day of the calibration, in Fader, Hardie & Lee 2005 too.
  static let calibrationEnd = "1997-09-30"

  /// The job that fitted the lifetime values, and the one that trained the recommendations.
  var fit: String
  var training: String
  /// The figures of all orders that there were, by which it shows whether others have come since.
  var orders: String

  /// The results of both jobs, which are started when there are none or when orders have come since.
  static func finished(_ client: SuiteClient) async throws -> (fit: JSONNode, training: JSONNode) {
    let path = client.state.path + "/demo.json"
    let scorecard = try await client.ask(
      .performanceMeasurement, "scorecard.get", #"{"from":"1990-01-01","to":"2100-01-01"}"#)
    let orders = scorecard["expansion"]?.raw.text ?? ""
    if let bytes = FileManager.default.contents(atPath: path),
      let jobs = try? JSONDecoder().decode(DemoJobs.self, from: bytes), jobs.orders == orders,
      let fit = try? await result(of: jobs.fit, .retention, "lifetime values", client),
      let training = try? await result(of: jobs.training, .expansion, "recommendations", client)
    {
      return (fit, training)
    }
    let run = Secrets.random(bytes: 12)
    let fit = try await client.ask(
      .retention, "clv.fit", #"{"calibrationEnd":"\#(calibrationEnd)","unit":"week","source":"cdnow"}"#,
      idempotencyKey: "demo-fit-\(run)")
    let training = try await client.ask(
      .expansion, "recommendations.train", #"{"signals":"orders"}"#, idempotencyKey: "demo-train-\(run)")
    let jobs = DemoJobs(fit: try fit.text("job"), training: try training.text("job"), orders: orders)
    let results = (
      fit: try await result(of: jobs.fit, .retention, "lifetime values", client),
      training: try await result(of: jobs.training, .expansion, "recommendations", client)
    )
    try Files.write(Array(try JSONEncoder().encode(jobs)), to: path, mode: 0o600)
    return results
  }

  /// Waits for the job's end, showing how far it has come.
  private static func result(
    of job: String, _ service: Service, _ title: String, _ client: SuiteClient
  ) async throws -> JSONNode {
    let params = #"{"job":"\#(job)"}"#
    var answer = try await client.ask(service, "jobs.get", params)
    let isDone = answer["state"]?.string == "succeeded"
    // A job of an earlier run shows nothing: there is nothing to wait for.
    let bar = isDone ? nil : ProgressBar(title: title, total: 100)
    defer { bar?.finish() }
    var shown = 0
    while true {
      switch answer["state"]?.string {
      case "succeeded":
        bar?.advance(by: 100 - shown)
        guard let result = answer["result"] else { throw Fault("The job \(job) has no result: run `ecrm demo` again.") }
        return result
      case "queued", "running":
        let percent = Int(100 * (answer["progress"]?.double ?? 0))
        bar?.advance(by: percent - shown)
        shown = percent
      default:
        let reason = answer["error"]?["message"]?.string ?? "it was cancelled"
        throw Fault("The job for \(title) did not succeed (\(reason)): correct that and run `ecrm demo` again.")
      }
      try await Task.sleep(for: .milliseconds(200))
      answer = try await client.ask(service, "jobs.get", params)
    }
  }
}

extension JSONNode {
  /// The member's text; a fault when the answer lacks it.
  func text(_ name: String) throws -> String {
    guard let text = self[name]?.string else {
      throw Fault("An answer lacks \(name): run the `ecrm` that belongs to the services.")
    }
    return text
  }

  /// The elements of the member; none when there is no such member.
  func list(_ name: String) -> [JSONNode] {
    self[name].map { Array($0.elements) } ?? []
  }
}
