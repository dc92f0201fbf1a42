import ArgumentParser
import Testing

@testable import Commands

/// The short ways from a line to its command, against the parser of the whole tree.
@Suite struct DispatchTests {
    /// Every command of the tree with its words; `help` words its answers from the tree itself.
    private static var leaves: [(words: [String], type: any ParsableCommand.Type)] {
        func below(_ type: any ParsableCommand.Type, _ words: [String]) -> [([String], any ParsableCommand.Type)] {
            let configuration = type.configuration
            let children = configuration.subcommands + configuration.groupedSubcommands.flatMap(\.subcommands)
            guard !children.isEmpty else { return [(words, type)] }
            return children.flatMap { below($0, words + [$0.configuration.commandName ?? ""]) }
        }
        return below(RootCommand.self, []).filter { $0.0 != ["help"] }
    }

    @Test func everyCommandHasItsShortWay() throws {
        #expect(Self.leaves.count > 15)
        for leaf in Self.leaves {
            let found = try #require(CommandDispatch.type(leaf.words), "\(leaf.words)")
            #expect(ObjectIdentifier(found.type) == ObjectIdentifier(leaf.type), "\(leaf.words)")
            #expect(found.wordCount == leaf.words.count, "\(leaf.words)")
        }
    }

    @Test func aNounAloneMeansItsUsualVerb() {
        #expect(CommandDispatch.command(["drops", "--limit", "3"]) is DropsList)
        #expect(CommandDispatch.command(["drops", "cancel", "3"]) is DropsCancel)
        #expect(CommandDispatch.command(["rules"]) is RulesList)
    }

    @Test(arguments: [
        [], ["help"], ["--version"], ["--help"], ["nothing"], ["client", "C1", "--help"],
        ["client", "C1", "--version"],
        ["client"], ["client", "A", "B"], ["drops", "help"], ["rules", "help", "test"], ["status", "extra"],
        ["kpis", "--as-of", "yesterday"], ["client", "--generate-completion-script", "bash"],
    ])
    func theTreeSaysWhatOtherLinesMean(_ line: [String]) {
        #expect(CommandDispatch.command(line) == nil)
    }

    /// Both readers give the same command.
    @Test(arguments: [
        ["C1"], ["C1", "--timeline", "50"], ["--as-of", "2026-03-31", "C1"], ["C1", "-o", "json", "--no-color"],
        ["C1", "--output", "csv"], ["--socket", "/a b", "--timeout", "0.5", "C1"], ["Ünï 7"],
        ["C1", "--timeline=3"], ["--", "-C1"],
        ["C1", "--timeline", "1", "--timeline", "2"],
    ])
    func plainLinesReadTheSame(_ words: [String]) throws {
        let parsed = try #require(try RootCommand.parseAsRoot(["client"] + words) as? ClientShow)
        let short = try #require(CommandDispatch.command(["client"] + words) as? ClientShow)
        #expect(short.customerID == parsed.customerID)
        #expect(short.timeline == parsed.timeline)
        #expect(short.asOf.day?.text == parsed.asOf.day?.text)
        #expect(short.output.format == parsed.output.format)
        #expect(short.output.withoutColor == parsed.output.withoutColor)
        #expect(short.connection.socket == parsed.connection.socket)
        #expect(short.connection.timeoutSeconds == parsed.connection.timeoutSeconds)
    }

    @Test(arguments: [
        ["C1"], ["C1", "--timeline", "50"], ["C1", "-o", "json", "--no-color", "--as-of", "2026-03-31"],
    ])
    func commonLinesArePlain(_ words: [String]) {
        #expect(ClientShow(plain: words) != nil)
    }

    @Test(arguments: [
        [], ["A", "B"], ["C1", "--timeline"], ["C1", "--timeline", "x"], ["C1", "--timeline=3"], ["C1", "-ojson"],
        ["C1", "-o", "xml"], ["C1", "-o", "json", "--output", "csv"], ["C1", "--as-of", "2026-02-30"],
        ["C1", "--timeout", "0"], ["C1", "--timeout", "nan"], ["C1", "--timeout", "-1"], ["C1", "--socket", ""],
        ["C1", "--help"], ["--", "C1"], ["C1", "--timeline", "1", "--timeline", "2"],
    ])
    func unusualLinesAreNotPlain(_ words: [String]) {
        #expect(ClientShow(plain: words) == nil)
    }
}
