import Foundation
import PackagePlugin

/// Makes a target carry its SQL files and its contract: `Schema/*.sql` and `openrpc.json` become raw string literals
/// of a generated `Embedded` enumeration.
@main
struct EmbedResources: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: Target) throws -> [Command] {
    let folder = target.directoryURL
    let schema = folder.appending(path: "Schema")
    let migrations = ((try? FileManager.default.contentsOfDirectory(atPath: schema.path())) ?? [])
      .filter { $0.hasSuffix(".sql") }
      .sorted()
      .map { schema.appending(path: $0) }
    let contract = folder.appending(path: "openrpc.json")
    let contracts = FileManager.default.fileExists(atPath: contract.path()) ? [contract] : []
    let output = context.pluginWorkDirectoryURL.appending(path: "Embedded.swift")
    return [
      .buildCommand(
        displayName: "Embedding the schema and contract of \(target.name)",
        executable: try context.tool(named: "EmbedTool").url,
        arguments: [output.path()] + (migrations + contracts).map { $0.path() },
        inputFiles: migrations + contracts,
        outputFiles: [output]
      )
    ]
  }
}
