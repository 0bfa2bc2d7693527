import ArgumentParser
import Foundation

struct Load: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Loads a data set, or a file of rows, through the services' own methods.",
    discussion: """
      Data sets: cdnow, febrl, click-stream, online-retail. They are looked for in the folder that ECRM_DATA names and \
      in .data. A file has a row in each line, a JSON object as the method of --as takes it: profiles, orders, products \
      or events.

      An interrupted load goes on where it was; loading the same again changes nothing.
      """)

  @Argument(help: "The data set, or the file.")
  var what: String
  @Option(name: .customLong("as"), help: "What the rows of a file are: profiles, orders, products or events.")
  var kind: RowKind?
  @Option(help: "The system that the profiles or orders of a file come from.")
  var source: String?

  func validate() throws {
    if Dataset(rawValue: what) != nil {
      guard kind == nil, source == nil else { throw ValidationError("A data set takes neither --as nor --source.") }
      return
    }
    guard let kind else {
      let names = Dataset.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError(
        "\(what) is no data set (\(names)); a file needs --as profiles, orders, products or events.")
    }
    guard kind.hasSource == (source != nil) else {
      let remedy = kind.hasSource ? "Say where the \(kind.rawValue) come from: add" : "\(kind.rawValue) take no"
      throw ValidationError("\(remedy) --source.")
    }
  }

  func run() async throws {
    let job: LoadJob
    if let dataset = Dataset(rawValue: what) {
      job = try LoadJob(dataset)
    } else if let kind {
      job = try LoadJob(file: what, kind: kind, source: source)
    } else {
      return
    }
    let client = try SuiteClient()
    let outcome: Result<Void, any Error>
    do {
      outcome = .success(try await job.run(client))
    } catch {
      outcome = .failure(error)
    }
    try await client.close()
    try outcome.get()
  }
}

/// A load as it was asked for.
struct LoadJob {
  /// What is loaded, as it was asked for.
  private let title: String
  /// The name of the place.
  private let name: String
  private let identity: String
  private let phases: () throws -> [LoadPhase]

  init(_ dataset: Dataset) throws {
    let files = try dataset.requiredFiles()
    title = dataset.rawValue
    name = dataset.rawValue
    identity = try LoadPlace.identity(of: files, readAs: dataset.rawValue)
    phases = { try dataset.phases(files) }
  }

  init(file: String, kind: RowKind, source: String?) throws {
    identity = try LoadPlace.identity(of: [file], readAs: "\(kind.rawValue) \(source ?? "")")
    title = file
    name = "\(kind.rawValue)-\(identity.prefix(16))"
    phases = { [try JSONLines.phase(file, kind: kind, source: source)] }
  }

  /// Loads what is left, and tells what became of the rows.
  func run(_ client: SuiteClient) async throws {
    let path = client.state.loadPlace(name)
    if LoadPlace.read(path, identity: identity) != nil { Terminal.remark("Going on where \(title) was left.") }
    let loading = Loading(identity: identity, placePath: path) { part, key in
      try await client.call(part.kind.service, part.kind.method, params: part.params, idempotencyKey: key)
    }
    let phases = try phases()
    for (phase, tally) in zip(phases, try await loading.run(phases)) {
      Terminal.say("\(phase.title): \(tally.text)")
      for rejection in tally.rejections { Terminal.say("  row \(rejection.row): \(rejection.message)") }
    }
  }
}
