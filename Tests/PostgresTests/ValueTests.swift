import Foundation
import Models
import Postgres
import Testing
import TestSupport

enum Colour: String, PostgresText, Codable {
  case red, green
}

struct ValueTests {
  private func roundTrip<Value: PostgresValue & Equatable & Decodable>(_ values: [Value], _ pool: PostgresPool)
    async throws
  {
    for value in values {
      let again: Value = try await pool.shared.one("SELECT \(value)")
      #expect(again == value)
    }
    let optionals: [Value?] = values.map { $0 } + [nil]
    let array = try await pool.shared.rows("SELECT \(optionals) AS a, \(values) AS b, \([] as [Value]) AS c")
    let (first, second, third) = try array[0].decode([Value?].self, [Value].self, [Value].self)
    #expect(first == optionals)
    #expect(second == values)
    #expect(third.isEmpty)
    let none = try await pool.shared.rows("SELECT \(nil as Value?)")
    #expect(try none[0].decode(Value?.self) == nil)
  }

  @Test func `every type comes back as it went`() async throws {
    try await withDatabase { pool async throws in
      try await roundTrip([true, false], pool)
      try await roundTrip([0, 1, -1, Int.max, Int.min], pool)
      try await roundTrip([0, Int32.max, Int32.min], pool)
      try await roundTrip([Int64.max, Int64.min], pool)
      try await roundTrip(
        [0, -0.0, 1.5, .pi, .infinity, -.infinity, .greatestFiniteMagnitude, .leastNonzeroMagnitude], pool)
      try await roundTrip(["", "a", "Zoë 🦊", "quote ' \" \\ $1 {},NULL", String(repeating: "x", count: 100_000)], pool)
      try await roundTrip([ID<Colour>(high: .max, low: 0), ID<Colour>(high: 1, low: .max)], pool)
      try await roundTrip(
        [Timestamp(microsecondsSinceEpoch: -1), Timestamp(microsecondsSinceEpoch: 1_700_000_000_123_456)]
          + ["0001-01-01T00:00:00Z", "1969-12-31T23:59:59.999999Z", "9999-12-31T23:59:59Z"].compactMap { Timestamp($0) },
        pool)
      try await roundTrip(["0001-01-01", "1999-12-31", "2000-01-01", "9999-12-31"].compactMap { Day($0) }, pool)
      try await roundTrip([Colour.red, .green], pool)
      try await roundTrip([TransactionID(0), TransactionID(.max)], pool)
      let bytes: [[UInt8]] = [[], [0, 1, 255], [UInt8](repeating: 7, count: 70_000)]
      for value in bytes {
        let again = try await pool.shared.rows("SELECT \(value)")[0].decode([UInt8].self)
        #expect(again == value)
      }
      let lists = try await pool.shared.rows("SELECT \(bytes)")[0].decode([[UInt8]].self)
      #expect(lists == bytes)
    }
  }

  @Test func `numeric is exact`() async throws {
    let texts = [
      "0", "1", "-1", "79.99", "-0.0001", "10000", "10001.0001", "12345678901234567890.12", "100000000000000000000",
      "99999999999999999999999999999999999999", "-99999999999999999999999999999999999999",
      "0.00000000000000000000000000000000000001", "9999999999999999999.9999999999999999999", "1000000.5", "0.5",
      "123e90", "7e-120", "5000", "0.0010", "1e127", "12345678901234567890123456789012345678",
    ]
    try await withDatabase { pool in
      for text in texts {
        let value = try #require(Decimal(string: text))
        let row = try await pool.shared.rows(
          "SELECT \(value), \(text)::text::numeric, \(value) = \(text)::text::numeric")[0]
        let (again, parsed, isEqual) = try row.decode(Decimal.self, Decimal.self, Bool.self)
        #expect(again == value)
        #expect(parsed == value)
        #expect(isEqual)
      }
    }
  }

  @Test func `what a type cannot hold is refused`() async throws {
    try await withDatabase { pool async throws in
      let database = pool.shared
      let refused: [(SQL, any PostgresColumn.Type)] = [
        ("SELECT 'infinity'::timestamptz", Timestamp.self), ("SELECT '-infinity'::date", Day.self),
        ("SELECT 'infinity'::numeric", Decimal.self),
        ("SELECT 123456789012345678901234567890123456789::numeric", Decimal.self),
        ("SELECT 3000000000", Int32.self), ("SELECT 1.5::float8", Int.self), ("SELECT NULL::text", String.self),
        ("SELECT '2020-01-01'::date", String.self), ("SELECT 'blue'", Colour.self),
        ("SELECT '{{1},{2}}'::int8[]", [Int].self),
        ("SELECT 1", [Int].self), ("SELECT '{NULL}'::int8[]", [Int].self),
      ]
      for (sql, type) in refused {
        let row = try await database.rows(sql)[0]
        let error = #expect(throws: PostgresError.self) { try read(row, type) }
        #expect(error?.kind == .decoding)
        #expect(error?.column != nil)
      }
      let error = await #expect(throws: PostgresError.self) {
        try await database.rows("SELECT \(Timestamp(microsecondsSinceEpoch: .min))")
      }
      #expect(error?.sqlState == "22008")
      let latest = Timestamp(microsecondsSinceEpoch: .max)
      #expect(try await database.one("SELECT \(latest)", as: Timestamp.self) == latest)
      #expect(try await database.one("SELECT 'NaN'::numeric", as: Decimal.self).isNaN)
    }
  }

  private func read(_ row: Row, _ type: (some PostgresColumn).Type) throws {
    _ = try row.value(0, as: type)
  }

  @Test func `text, JSON and small integers are read from their kin`() async throws {
    try await withDatabase { pool async throws in
      let row = try await pool.shared.rows(
        """
        SELECT 1::int2, 2::int4, 1.5::float4, 'a'::varchar(3), 'b'::name, '{"a": 1}'::json, '{"b":2}'::jsonb,
          '00000000-0000-0000-0000-000000000001'::uuid, 'c'::"char"
        """)[0]
      let (a, b, c, d, e, f, g, h, i) = try row.decode(
        Int.self, Int64.self, Double.self, String.self, String.self, RawJSON.self, RawJSON.self, String.self,
        String.self)
      #expect((a, b, c, d, e) == (1, 2, 1.5, "a", "b"))
      #expect(f.text == "{\"a\": 1}")
      #expect(g.text == "{\"b\": 2}")
      #expect((h, i) == ("00000000-0000-0000-0000-000000000001", "c"))
      let json = RawJSON(wellFormed: "{\"x\": [1, \"\\u00e9\"]}")
      #expect(try await pool.shared.one("SELECT \(json) -> 'x' ->> 0", as: String.self) == "1")
      try await pool.execute("CREATE TYPE mood AS ENUM ('red', 'green')")
      #expect(try await pool.shared.one("SELECT \(Colour.red)::mood", as: Colour.self) == .red)
    }
  }

  struct Account: Decodable, Equatable {
    struct Address: Decodable, Equatable {
      let text: String
      init(text: String) { self.text = text }
      init(from decoder: any Decoder) throws {
        text = try decoder.singleValueContainer().decode(String.self)
        guard text.contains("@") else {
          throw DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: "must have an @"))
        }
      }
    }

    let id: Int
    let customerID: ID<Account>
    let createdAt: Timestamp
    let email: Address
    let colours: [Colour]
    let addresses: [Address]
    let score: Double?
    let attributes: RawJSON?
    let small: Int16
  }

  @Test func `rows decode by the names of their columns`() async throws {
    try await withDatabase { pool async throws in
      let moment = Timestamp(secondsSinceEpoch: 1_700_000_000)
      let id = ID<Account>(high: 1, low: 2)
      let accounts: [Account] = try await pool.shared.all(
        """
        SELECT n AS id, \(id) AS customer_id, \(moment) AS created_at, 'a@b' AS email, \([Colour.red]) AS colours,
          ARRAY['c@d', 'e@f'] AS addresses, CASE WHEN n = 1 THEN 0.5::float8 END AS score,
          CASE WHEN n = 2 THEN '{}'::jsonb END AS attributes, n::int2 AS small
        FROM generate_series(1, 3) AS n ORDER BY n
        """)
      #expect(accounts.count == 3)
      #expect(
        accounts[1]
          == Account(
            id: 2, customerID: id, createdAt: moment, email: .init(text: "a@b"), colours: [.red],
            addresses: [.init(text: "c@d"), .init(text: "e@f")], score: nil, attributes: .emptyObject, small: 2))
      #expect(accounts.map(\.score) == [0.5, nil, nil])
      let error = await #expect(throws: PostgresError.self) {
        try await pool.shared.all("SELECT 'ab' AS email, 1 AS id, NULL::uuid AS customer_id", as: Account.self)
      }
      #expect(error?.kind == .decoding)
      #expect(error?.column == "customer_id")
      #expect(try await pool.shared.first("SELECT 1 WHERE false", as: Int.self) == nil)
      let none = await #expect(throws: PostgresError.self) {
        try await pool.shared.one("SELECT 1 WHERE false", as: Int.self)
      }
      #expect(none?.kind == .noRow)
    }
  }

  @Test func `fragments are spliced and their holes renumbered`() async throws {
    try await withDatabase { pool async throws in
      let conditions: [SQL] = ["n > \(2)", "n < \(6)", "n <> ALL (\([4]))"]
      let filter = conditions.joined(separator: " AND ")
      let numbers: [Int] = try await pool.shared.all(
        "SELECT n * \(10) FROM generate_series(\(1), \(9)) AS n WHERE \(filter) ORDER BY n LIMIT \(5)")
      #expect(numbers == [30, 50])
      let name = "odd \" name; DROP"
      #expect(try await pool.shared.rows("SELECT 1 AS \(SQL(identifier: name))")[0].columns == [name])
    }
  }
}
