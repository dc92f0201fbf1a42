/// The plans of a company: names that differ only in case, blanks, `-` or `_` are one plan, and no name is a plan of its
/// own.
public struct PlanNames: Sendable, Equatable {
    /// The plan of clients without one.
    public static let none: UInt32 = 0

    /// By plan, folded.
    public private(set) var folded: [String] = [""]
    /// By plan, as it was first written.
    public private(set) var names: [String] = [""]
    /// By the code of a name.
    private let planOfCode: [UInt32]

    /// - Parameter names: by code, as in a coded column; an empty one is no plan.
    public init(_ names: some Sequence<String>) {
        var index: [String: UInt32] = ["": PlanNames.none]
        var codes: [UInt32] = []
        for name in names {
            let folded = PlanNames.folded(name)
            if let plan = index[folded] {
                codes.append(plan)
                continue
            }
            let plan = UInt32(self.folded.count)
            index[folded] = plan
            self.folded.append(folded)
            self.names.append(name)
            codes.append(plan)
        }
        planOfCode = codes
    }

    public var count: Int { folded.count }

    /// The plan of a code; a code that is unknown has none.
    @inlinable
    public func plan(ofCode code: UInt32) -> UInt32 { self[Int(code)] }

    @usableFromInline
    subscript(code: Int) -> UInt32 { planOfCode.indices.contains(code) ? planOfCode[code] : PlanNames.none }

    public static func folded(_ name: some StringProtocol) -> String {
        name.lowercased().filter { !$0.isWhitespace && $0 != "-" && $0 != "_" }
    }

    /// The interval that a name speaks of.
    static func interval(inFolded name: String) -> BillingInterval? {
        let words: [(String, BillingInterval)] = [
            ("year", .year), ("annual", .year), ("quarter", .quarter), ("month", .month), ("week", .week),
        ]
        return words.first { name.contains($0.0) }?.1
    }
}
