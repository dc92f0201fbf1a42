import Answers
import Contract
import Settings
import SocketServer
import Testing
import Wire

@testable import Daemon

/// The limits that PROTOCOL.md names are those of a daemon without a configuration.
struct ProtocolLimitsTests {
    private let settings = ServerSettings(Configuration())

    @Test func theServerLimitsAreThoseOfThePage() throws {
        let page = try ProtocolPage().text
        let rows = [
            "| connections in all / of one person / of all, kept for admins | "
                + "\(settings.connectionsMax) / \(settings.connectionsPerUserMax) / \(settings.connectionsKept) |",
            "| requests waiting for a worker, in all / of one person | "
                + "\(settings.workerQueueMax) / \(settings.workerQueuePerAskerMax) |",
            "| body of a frame | \(settings.frameBytesMax >> 20) MiB, both ways |",
            "all connections together | \(settings.heldBytesMax >> 20) MiB |",
            "| from the first byte of a frame to its last | \(settings.frameTimeout.components.seconds) s |",
            "| from a complete request to its answer | \(settings.requestTimeout.components.seconds) s;",
            "| answers waiting without you reading a byte | \(settings.writeTimeout.components.seconds) s |",
            "| a connection on which nothing happens | \(settings.idleTimeout.components.seconds) s |",
            "while you leave answers unread (more than \(settings.unflushedBytesMax >> 10) KiB by default)",
            "A consumer that leaves more than \(settings.notificationBytesMax >> 20) MiB of them unread",
        ]
        for row in rows { #expect(page.contains(row), "\(row)") }
    }

    @Test func theLimitsOfQuestionsAreThoseOfThePage() throws {
        let page = try ProtocolPage().text
        func grouped(_ number: Int) -> String {
            let digits = String(number)
            return digits.count < 4 ? digits : "\(digits.dropLast(3)),\(digits.suffix(3))"
        }
        let rows = [
            "| values in one request, keys not counted | \(grouped(settings.requestValuesMax)) |",
            "and more than \(grouped(settings.requestValuesMax)) values in one request",
            "(`file`: 4,096) | \(grouped(Parameter.ordinaryTextBytesMax)) | -32602 |",
            "| values of one filter | \(grouped(Parameter.valuesMax)) | -32602 |",
            "| values of `where` | 64 | -32602 |",
            "| values of `search` | 16 | -32602 |",
            "| levels of nesting | \(JSONReader.Limits().depthMax) |",
            "| uploads under way of one connection / of one person / of all / of these, kept for admins | "
                + "\(Uploads.openPerConnectionMax) / \(Uploads.openPerPersonMax) / \(Uploads.openMax) / \(Uploads.openKept) |",
            "a string of at most \(grouped(RequestDecoder.idBytesMax)) bytes",
        ]
        for row in rows { #expect(page.contains(row), "\(row)") }
    }

    /// Whoever makes a server without a configuration gets the same.
    @Test func theServersOwnDefaultsAreTheConfigurations() {
        let own = ServerSettings()
        #expect(own.connectionsMax == settings.connectionsMax)
        #expect(own.connectionsPerUserMax == settings.connectionsPerUserMax)
        #expect(own.idleTimeout == settings.idleTimeout)
        #expect(own.requestTimeout == settings.requestTimeout)
        #expect(own.frameBytesMax == settings.frameBytesMax)
    }
}
