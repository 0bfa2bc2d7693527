import Foundation
import Testing

@testable import Tool

struct ClusterTests {
  @Test func `a socket lies in the state folder while its path is plain and fits into 107 bytes`() {
    let short = StateFolder(path: "/srv/shop/.ecrm")
    #expect(SocketFolder.choose(short, isReachable: true) == "/srv/shop/.ecrm/socket")
    let odd = StateFolder(path: "/srv/one,two/.ecrm")
    #expect(SocketFolder.choose(odd, isReachable: true).hasPrefix("/tmp/ecrm-"))
    let long = StateFolder(path: "/srv/" + String(repeating: "long/", count: 20))
    let chosen = SocketFolder.choose(long, isReachable: true)
    #expect(chosen.hasPrefix("/tmp/ecrm-"))
    #expect(SocketFolder.socket(in: chosen, port: 65_535).utf8.count <= 107)
  }

  @Test func `the length of a socket's path is counted in bytes`() {
    #expect(SocketFolder.isShortEnough("/" + String(repeating: "a", count: 91)))
    #expect(!SocketFolder.isShortEnough("/" + String(repeating: "a", count: 92)))
    #expect(!SocketFolder.isShortEnough("/" + String(repeating: "ä", count: 60)))
  }

  @Test func `a socket that PostgreSQL's user could not reach lies elsewhere, for each state folder in another place`()
  {
    let (one, two) = (StateFolder(path: "/root/one"), StateFolder(path: "/root/two"))
    let places = [one, two].map { SocketFolder.choose($0, isReachable: false) }
    #expect(places[0] != places[1])
    #expect(places[0] == SocketFolder.choose(one, isReachable: false))
  }

  @Test func `the version is read as PostgreSQL prints it`() {
    #expect(PostgresInstallation.major(inVersion: "postgres (PostgreSQL) 15.20 (Debian 15.20-1.pgdg120+1)\n") == 15)
    #expect(PostgresInstallation.major(inVersion: "postgres (PostgreSQL) 17beta1\n") == 17)
    #expect(PostgresInstallation.major(inVersion: "no such program") == nil)
  }

  @Test func `a folder without PostgreSQL is named in the refusal`() {
    let fault = #expect(throws: Fault.self) {
      try PostgresInstallation.find(environment: ["ECRM_POSTGRES_BIN": "/nowhere"])
    }
    #expect(fault?.description.contains("/nowhere") == true)
  }

  @Test func `what a path holds beside letters is encoded in the database's address`() {
    #expect(Cluster.percentEncoded("/srv/a b&c=d%/x-1_2.3~") == "/srv/a%20b%26c%3Dd%25/x-1_2.3~")
  }
}
