import Answers
import Contract
import Inbox
import Records
import Testing
import Words

@testable import Daemon

/// Files that come over the socket in pieces, and how many of them at a time.
@Suite struct UploadsTests {
    private static func piece(_ members: JSONObject = [:]) throws -> Uploads.Part {
        var parameters: JSONObject = ["category": "support", "content": "x", "last": false]
        for member in members.members { parameters[member.key] = member.value }
        return try Uploads.Part(Parameters(parameters, of: Endpoint.dataIngest, hiding: nil))
    }

    private static func problem(_ body: () throws -> Void) -> Problem? {
        do {
            try body()
            return nil
        } catch {
            return error as? Problem
        }
    }

    @Test("One person has a share of the uploads, and some are kept for admins")
    func shares() throws {
        let folder = try ScratchDirectory()
        let uploads = Uploads(folders: try StateFolders(root: "\(folder.path)/state"), seed: 1)
        var connection: UInt64 = 0
        /// Begins uploads on connections of their own until one is refused.
        func fill(_ user: UInt32, isAdmin: Bool = false) -> (count: Int, problem: Problem?) {
            for count in 0...Uploads.openMax {
                connection += 1
                let problem = Self.problem {
                    _ = try uploads.add(
                        Self.piece(), from: .init(connection: connection, person: "uid:\(user)", isAdmin: isAdmin))
                }
                if problem != nil { return (count, problem) }
            }
            return (Uploads.openMax + 1, nil)
        }
        let first = fill(1001)
        #expect(first.count == Uploads.openPerPersonMax && first.problem?.code == .overloaded)
        #expect(first.problem?.message.contains("of yours") == true)
        #expect(fill(1002).count == Uploads.openPerPersonMax && fill(1003).count == Uploads.openPerPersonMax)
        #expect(fill(1004).count == Uploads.openMax - Uploads.openKept - 3 * Uploads.openPerPersonMax)
        #expect(fill(1005).count == 0)
        #expect(fill(0, isAdmin: true).count == Uploads.openKept)
        // Whoever goes makes room.
        uploads.discardSoon(of: 1)
        uploads.finish()
        #expect(fill(1001).count == 0 && fill(0, isAdmin: true).count == 1)
    }

    @Test("A later piece names the same category")
    func categories() throws {
        let folder = try ScratchDirectory()
        let uploads = Uploads(folders: try StateFolders(root: "\(folder.path)/state"), seed: 1)
        let sender = Uploads.Sender(connection: 1, person: "uid:1001", isAdmin: false)
        guard case .more(let id, 1) = try uploads.add(Self.piece(), from: sender) else {
            Issue.record("not begun")
            return
        }
        let other = Self.problem {
            _ = try uploads.add(
                Self.piece(["upload": .string(id), "offset": 1, "category": "surveys"]), from: sender)
        }
        #expect(other?.code == .invalidParams && other?.message.contains("begun as support") == true)
        // The gateway's connections are shared by many.
        let stranger = Self.problem {
            _ = try uploads.add(
                Self.piece(["upload": .string(id), "offset": 1, "last": true]),
                from: Uploads.Sender(connection: 1, person: "bert", isAdmin: true))
        }
        #expect(stranger?.code == .notFound)
        guard
            case .complete(let complete) = try uploads.add(
                Self.piece(["upload": .string(id), "offset": 1, "last": true]), from: sender)
        else {
            Issue.record("not complete")
            return
        }
        #expect(complete.category == .support)
    }
}
