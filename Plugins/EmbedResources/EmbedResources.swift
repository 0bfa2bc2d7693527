import Foundation
import PackagePlugin

/// Makes a target carry its SQL files, its contract and its template: `Schema/*.sql`, `openrpc.json` and `edge.conf`
/// become raw string literals of a generated `Embedded` enumeration.
@main
struct EmbedResources: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: Target) throws -> [Command] {
    let folder = target.directoryURL
    let schema = folder.appending(path: "Schema")
    let migrations = ((try? FileManager.default.contentsOfDirectory(atPath: schema.path())) ?? [])
      .filter { $0.hasSuffix(".sql") }
      .sorted()
      .map { schema.appending(path: $0) }
    let texts = ["openrpc.json", "edge.conf"].map { folder.appending(path: $0) }
      .filter { FileManager.default.fileExists(atPath: $0.path()) }
    let output = context.pluginWorkDirectoryURL.appending(path: "Embedded.swift")
    return [
      .buildCommand(
        displayName: "Embedding the texts of \(target.name)",
        executable: try context.tool(named: "EmbedTool").url,
        arguments: [output.path()] + (migrations + texts).map { $0.path() },
        inputFiles: migrations + texts,
        outputFiles: [output]
      )
    ]
  }
}
