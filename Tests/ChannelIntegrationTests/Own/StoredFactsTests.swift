import Models
import TestSupport
import Testing

@testable import ChannelIntegration
@testable import Server

struct StoredFactsTests {
  @Test func `every table that holds something of a customer has its class, or is said to hold no facts`() async throws
  {
    try await withService(ChannelIntegrationService.self) { service in
      let tables: [String] = try await service.database.shared.all(
        """
        SELECT DISTINCT n.nspname || '.' || c.relname
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped
          AND a.atttypid IN ('uuid'::regtype, 'uuid[]'::regtype)
          AND (a.attname IN ('profile', 'profiles', 'customer', 'customers', 'subject', 'a', 'b')
            OR n.nspname || '.' || c.relname IN ('base.profiles', 'base.customers'))
        """)
      let classes = Dictionary(grouping: StoredFacts.all, by: \.table)
      let other = StoredFacts.bookkeeping
      for table in tables {
        #expect((classes[table] != nil) != (other[table] != nil), "\(table): of, for or by the customer?")
      }
      #expect(Set(other.keys).isSubset(of: tables), "these are not there any more")
      for (table, kinds) in classes where kinds.count > 1 {
        // Only who said a trait tells whose knowledge it is.
        #expect(table == "base.traits" && Set(kinds.map(\.kind)) == [.trait, .ownTrait])
      }
    }
  }

  @Test func `each kind of fact is told once`() {
    #expect(StoredFacts.all.map(\.kind).count == Set(StoredFacts.all.map(\.kind)).count)
    #expect(Set(StoredFacts.all.map(\.kind)) == Set(FactKind.allCases))
  }
}
