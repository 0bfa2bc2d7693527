import Models
import Testing

struct IdentifierTests {
  @Test func `spellings of one address compare equal`() {
    #expect(EmailAddress(" Ada@Example.COM ") == EmailAddress("ada@example.com"))
    #expect(PhoneNumber("+49 (0)30 123-456 78") == PhoneNumber("004930 12345678"))
  }

  @Test(arguments: [
    "ada", "ada@", "@example.com", "ada@example", "a..b@example.com", "ada@-example.com", "a b@example.com",
  ])
  func `what is no e-mail address is none`(text: String) {
    #expect(EmailAddress(text) == nil)
  }

  @Test(arguments: ["030 123456", "+0123456789", "+49", "+49 30 12345x", "+1234567890123456"])
  func `what is no international number is none`(text: String) {
    #expect(PhoneNumber(text) == nil)
  }

  @Test(arguments: ["info@example.com", "Sales+spring@example.com", "no-reply@example.com"])
  func `a role address joins nobody, verified or not`(text: String) throws {
    #expect(try #require(Identifier(kind: .email, value: text, verified: true)).joinsPeople == false)
  }

  @Test func `only verified values of a person join people`() throws {
    let joins = { (kind: IdentifierKind, value: String, verified: Bool) in
      try #require(Identifier(kind: kind, value: value, verified: verified)).joinsPeople
    }
    #expect(try joins(.email, "ada@example.com", true))
    #expect(try !joins(.email, "ada@example.com", false))
    #expect(try joins(.erp, "4711", true))
    #expect(try !joins(.anonymous, "visitor", true))
    #expect(try !joins(.social, "@ada", true))
  }
}
