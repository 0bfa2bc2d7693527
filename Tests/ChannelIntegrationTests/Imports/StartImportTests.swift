import JSON
import Models
import Postgres
import Testing
import TestSupport

@testable import ChannelIntegration
@testable import CustomerBase
@testable import Server

struct StartImportTests {
  private static let people = ImportMapping(
    externalId: "Customer ID", traits: ["givenName": "First name"],
    identifiers: [MappedIdentifier(kind: .email, column: "E-Mail", verified: true)])
  private static let file = """
    Customer ID;First name;E-Mail
    C-1;Ada;ada@example.com
    C-2;"Grace; ""Amazing"" Hopper";grace@example.com
    C-3;;not an address
    C-1;Ada;ada@example.com
    C-4;Alan
    ;Nobody;
    C-5;Ada;ada@example.com

    """

  private func start(
    _ service: TestService, _ text: String, kind: ImportKind = .profiles, format: ImportFormat = .csv,
    mapping: ImportMapping? = people, csv: ImportDialect? = nil, mode: ImportMode = .upsert
  ) async throws -> (result: ImportResult, job: ID<Job>) {
    let upload = try await service.upload(text)
    let job = try await service.call(
      StartImport(
        upload: upload, kind: kind, format: format, source: kind == .products ? nil : .crm, mapping: mapping, csv: csv,
        mode: mode)
    ).job
    return (try await service.result(of: job), job)
  }

  @Test func `a file is told of without being written, imported, and harmless when it comes again`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let preview = try await start(service, Self.file, mode: .validate).result
      #expect(preview.counts == [3, 0, 1, 3])
      #expect(preview.rows == 7)
      let written: Int = try await service.database.shared.one(
        "SELECT (SELECT count(*) FROM base.profiles) + (SELECT count(*) FROM base.journal)")
      #expect(written == 0)
      let (imported, job) = try await start(service, Self.file)
      #expect(imported.counts == preview.counts)
      #expect(imported.firstErrors.map(\.row) == [3, 5, 6])
      #expect(imported.firstErrors.map(\.line) == [4, 6, 7])
      #expect(imported.firstErrors.map(\.path) == ["/E-Mail", "", "/Customer ID"])
      #expect(imported.firstErrors.map(\.rule) == ["format", "columns", "required"])
      #expect(imported.errors == "/imports/\(job)/errors")
      #expect(
        try await service.fetch("/imports/{job}/errors", job: job) == """
          row,line,path,rule,message,text\r
          3,4,/E-Mail,format,is no value of kind email,"C-3;;not an address"\r
          5,6,,columns,has 2 fields where the header has 3,"C-4;Alan"\r
          6,7,/Customer ID,required,is empty,";Nobody;"\r\n
          """)
      let ada = try await service.person("C-1", source: .crm)
      #expect(try await service.person("C-5", source: .crm).customer == ada.customer)
      #expect(try await start(service, Self.file).result.counts == [0, 0, 4, 3])
      #expect(try await start(service, Self.file, mode: .validate).result.counts == [0, 0, 4, 3])
      let left: Int = try await service.database.shared.one(
        "SELECT count(*) FROM channel_integration.files WHERE kind = 'upload'")
      #expect(left == 2, "what was imported is gone, what was validated is there")
    }
  }

  @Test func `rows that lead to several customers are told before they are joined`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      _ = try await service.person("1", email: "ada@example.com")
      _ = try await service.person("2", email: "lovelace@example.com")
      let mapping = ImportMapping(
        externalId: "id",
        identifiers: ["a", "b"].map { MappedIdentifier(kind: .email, column: $0, verified: true) })
      let text =
        "id,a,b\n1,ada@example.com,lovelace@example.com\n2,ada@example.com,ada@example.com\n3,info@a.example,\n"
      let preview = try await start(service, text, mapping: mapping, mode: .validate).result
      #expect((preview.new, preview.ambiguous) == (3, 1))
    }
  }

  @Test func `an import that died goes on behind its last part`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let rows = (1...2500).map { "C-\($0),Name \($0),mail\($0)@example.com\n" }.joined()
      let upload = try await service.upload("Customer ID,First name,E-Mail\n" + rows + "x,y,z\n", partBytes: 7000)
      let job = try await service.call(
        StartImport(
          upload: upload, kind: .profiles, format: .csv, source: .crm, mapping: Self.people, mode: .upsert)
      ).job
      // The worker's connection breaks when it has written the first part: what it writes of the second is undone.
      try await service.database.connection { connection in
        try await connection.execute(
          """
          CREATE FUNCTION channel_integration.die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            PERFORM pg_terminate_backend(pg_backend_pid());
            RETURN NEW;
          END $$
          """)
        try await connection.execute(
          """
          CREATE TRIGGER die BEFORE UPDATE ON channel_integration.imports FOR EACH ROW
          WHEN ((NEW.state ->> 'rows')::int > 1500) EXECUTE FUNCTION channel_integration.die()
          """)
      }
      await #expect(throws: (any Error).self) { try await service.running.settle() }
      let first: Int = try await service.database.shared.one("SELECT count(*) FROM base.profiles")
      #expect(first == 1000)
      try await service.database.connection { connection in
        try await connection.execute("DROP TRIGGER die ON channel_integration.imports")
      }
      let result: ImportResult = try await service.result(of: job)
      #expect(result.counts == [2500, 0, 0, 1])
      #expect(result.rows == 2501)
      #expect(result.firstErrors.map(\.row) == [2501])
      let (profiles, entries): (Int, Int) = try #require(
        try await service.database.shared.rows(
          """
          SELECT (SELECT count(*) FROM base.profiles),
            (SELECT count(*) FROM base.journal WHERE type = 'profile.created')
          """
        ).first
      ).decode(Int.self, Int.self)
      #expect((profiles, entries) == (2500, 2500))
    }
  }

  @Test func `orders come with a line a row, and not in pieces`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let mapping = ImportMapping(
        externalId: "order", customer: "who", orderedAt: "day", status: "state", sku: "sku", quantity: "n",
        unitPrice: "price", fixed: ["currency": "EUR"], values: ["status": ["shipped": "fulfilled"]])
      let text = """
        order;who;day;state;sku;n;price
        1;ada;2026-01-02;shipped;TEA;2;3,50
        1;ada;2026-01-02;shipped;CUP;1;1.009,99
        2;ada;2026-01-03 10:30;;TEA;1;x
        2;ada;2026-01-03 10:30;;CUP;1;9
        3;bob;2026-01-04T00:00:00+01:00;returned;TEA;-1;3,5
        1;ada;2026-01-02;shipped;TEA;2;3,50
        """
      let csv = ImportDialect(decimalComma: true)
      let result = try await start(service, text, kind: .orders, mapping: mapping, csv: csv).result
      #expect(result.counts == [2, 0, 0, 3])
      #expect(result.firstErrors.map(\.row) == [3, 4, 6])
      #expect(result.firstErrors.map(\.rule) == ["format", "format", "adjacent"])
      let orders: [String] = try await service.database.shared.all(
        """
        SELECT concat_ws(' ', o.external_id, p.external_id, o.status, o.total, base.rfc3339(o.ordered_at),
          (SELECT count(*) FROM base.order_lines l WHERE l.order_id = o.id))
        FROM base.orders o JOIN base.profiles p ON p.id = o.profile ORDER BY 1
        """)
      #expect(
        orders == [
          "1 ada fulfilled 1016.99 2026-01-02T00:00:00Z 2", "3 bob returned -3.5 2026-01-03T23:00:00Z 1",
        ])
      #expect(try await start(service, text, kind: .orders, mapping: mapping, csv: csv).result.counts == [0, 0, 2, 3])
      let preview = try await start(service, text, kind: .orders, mapping: mapping, csv: csv, mode: .validate).result
      #expect(preview.counts == [0, 0, 2, 3])
    }
  }

  @Test func `products and consents come too`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let products = ImportMapping(
        currency: "cur", sku: "sku", name: "name", price: "price", attributes: ["colour": "col"])
      let text = "sku\tname\tprice\tcur\tcol\nTEA\tAssam\t7\tEUR\tblack\nCUP\tCup\t\t\t\n\tnone\t1\tEUR\t\n"
      for (expected, mode) in [
        ([2, 0, 0, 1], ImportMode.validate), ([2, 0, 0, 1], .upsert), ([0, 0, 2, 1], .validate),
      ] {
        #expect(
          try await start(service, text, kind: .products, mapping: products, mode: mode).result.counts == expected)
      }
      let consents = ImportMapping(
        customer: "who", channel: "channel", state: "ok", recordedAt: "at",
        fixed: ["purpose": "marketing", "basis": "consent"], values: ["state": ["yes": "granted", "no": "withdrawn"]])
      let given =
        "who,channel,ok,at\nada,email,yes,2026-01-01\nada,,no,2026-01-02\nada,email,yes,2026-01-01\nbob,email,maybe,2026-01-01\n"
      #expect(
        try await start(service, given, kind: .consents, mapping: consents, mode: .validate).result.counts == [
          2, 0, 1, 1,
        ])
      #expect(try await start(service, given, kind: .consents, mapping: consents).result.counts == [2, 0, 1, 1])
      #expect(try await start(service, given, kind: .consents, mapping: consents).result.counts == [0, 0, 3, 1])
      let ada = try await service.person("ada", source: .crm)
      let check = try await service.call(
        "consents.check", #"{"customer": "\#(ada.customer)", "purpose": "marketing", "channel": "email"}"#)
      #expect(check["allowed"]?.bool == false)
    }
  }

  @Test func `JSON Lines come as import methods take rows, or mapped`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let text = """
        {"externalId": "1", "traits": {"size": 1.50}, "identifiers": [{"kind": "phone", "value": "+491701234567"}]}

        {"externalId": "2", "surprise": 1}
        {"externalId": "3"
        7
        {"externalId": "1", "traits": {"size": 2}}
        """
      let (result, job) = try await start(service, text, format: .jsonl, mapping: nil)
      #expect(result.counts == [1, 1, 0, 3])
      #expect(result.firstErrors.map(\.path) == ["/surprise", "", ""])
      #expect(result.firstErrors.map(\.line) == [3, 4, 5])
      let errors = try await service.fetch("/imports/{job}/errors", job: job)
      #expect(errors.split(separator: "\n").count == 3)
      let mapped = #"{"id": 7, "E": null, "t": {"a": 1}}"#
      let mapping = ImportMapping(
        externalId: "id", traits: ["t": "t"], identifiers: [MappedIdentifier(kind: .email, column: "E")])
      #expect(try await start(service, mapped, format: .jsonl, mapping: mapping).result.counts == [1, 0, 0, 0])
    }
  }

  @Test(
    arguments: [
      (
        #""kind": "profiles", "format": "csv", "source": "crm", "mapping": {"externalId": "Nr"}"#,
        "/params/mapping/externalId"
      ),
      (
        #""kind": "profiles", "format": "csv", "source": "crm", "mapping": {"externalId": "a", "sku": "b"}"#,
        "/params/mapping/sku"
      ),
      (
        #""kind": "profiles", "format": "csv", "source": "crm", "mapping": {"traits": {"x": "a"}}"#,
        "/params/mapping/externalId"
      ),
      (
        #""kind": "profiles", "format": "csv", "source": "crm", "mapping": {"externalId": "a", "traits": {"x": "c"}}"#,
        "/params/mapping/traits/x"
      ),
      (
        #""kind": "profiles", "format": "csv", "source": "crm", "mapping": {"externalId": "a", "identifiers": [{"kind": "email", "column": "c"}]}"#,
        "/params/mapping/identifiers/0/column"
      ),
      (#""kind": "profiles", "format": "csv", "source": "crm""#, "/params/mapping"),
      (#""kind": "profiles", "format": "csv", "mapping": {"externalId": "a"}"#, "/params/source"),
      (
        #""kind": "products", "format": "csv", "mapping": {"sku": "a", "name": "b", "price": "b"}"#,
        "/params/mapping/currency"
      ),
      (
        #""kind": "products", "format": "csv", "mapping": {"sku": "a", "name": "b", "fixed": {"colour": "red"}}"#,
        "/params/mapping/fixed/colour"
      ),
      (
        #""kind": "products", "format": "csv", "mapping": {"sku": "a", "name": "b"}, "csv": {"delimiter": "x"}"#,
        "/params/csv/delimiter"
      ),
      (#""kind": "products", "format": "jsonl", "csv": {}"#, "/params/csv"),
      (#""kind": "parties", "format": "csv""#, "/params/kind"),
    ])
  func `what does not fit is refused with its path`(params: String, path: String) async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let upload = try await service.upload("a,b\n1,2\n")
      let error = try await service.refusal("imports.start", #"{"upload": "\#(upload)", "mode": "upsert", \#(params)}"#)
      #expect(error.paths == [path])
    }
  }

  @Test func `an upload is its owner's, and a token needs the kind's scope`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let upload = try await service.upload("a\n1\n")
      let params =
        #"{"upload": "\#(upload)", "kind": "profiles", "format": "csv", "source": "crm", "mapping": {"externalId": "a"}, "mode": "upsert"}"#
      let stranger = try await service.refusal(
        "imports.start", params, as: .service(scopes: ["imports:write", "profiles:write"]))
      #expect(stranger.code.rawValue == -32004)
      let scopeless = try await service.refusal("imports.start", params, as: .service(scopes: ["imports:write"]))
      #expect(scopeless.code.rawValue == -32003)
      service.clock.advance(seconds: StoredFile.keptSeconds)
      #expect(try await service.refusal("imports.start", params).code.rawValue == -32004)
    }
  }

  @Test func `a file goes when somebody is erased, and its import says so`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let ada = try await service.person("ada")
      let upload = try await service.upload("a\n1\n")
      let job = try await service.call(
        StartImport(
          upload: upload, kind: .profiles, format: .csv, source: .crm, mapping: ImportMapping(externalId: "a"),
          mode: .upsert)
      ).job
      try await service.database.transaction { transaction in
        try await transaction.execute("SELECT channel_integration.erase(ARRAY[\(ada.profile)]::uuid[])")
      }
      try await service.running.settle()
      let done = try await service.call("jobs.get", #"{"job": "\#(job)"}"#)
      #expect(done["state"]?.string == "failed")
      #expect(done["error"]?["type"]?.string == "not_found")
    }
  }
}
