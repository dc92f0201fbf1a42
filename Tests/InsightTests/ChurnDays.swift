import Assessment
import Records

/// Past days with a planted truth, made of numbers alone.
struct ChurnDays {
    var customers = 700
    var dayCount = 5
    /// How strongly logins tell who leaves; 0 for not at all.
    var signal = 1.6
    var seed: UInt64 = 1
    static let first = Day(rawValue: 19_000)
    static let spacing = 30

    /// SplitMix64, so that a test is the same on every machine.
    private struct Numbers {
        var state: UInt64

        mutating func next() -> Double {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return Double((z ^ (z >> 31)) >> 11) * 0x1p-53
        }
    }

    func make() -> [ChurnDay] { (0..<dayCount).map(day) }

    /// - Parameter number: 0 for the first day.
    func day(_ number: Int) -> ChurnDay {
        var numbers = Numbers(state: seed &* 1_000_003 &+ UInt64(number))
        var columns = [[Double]](
            repeating: [Double](repeating: .nan, count: customers), count: ClientFeature.allCases.count)
        var plans: [Int32] = []
        var churned: [Bool] = []
        var days: [Int32] = []
        for row in 0..<customers {
            let logins = (numbers.next() * 20).rounded()
            columns[ClientFeature.logins28.rawValue][row] = logins
            columns[ClientFeature.loginsPrevious28.rawValue][row] = (numbers.next() * 20).rounded()
            columns[ClientFeature.openTickets.rawValue][row] = numbers.next() < 0.3 ? 2 : 0
            columns[ClientFeature.tenureDays.rawValue][row] = (numbers.next() * 900).rounded()
            columns[ClientFeature.revenue90.rawValue][row] = numbers.next() < 0.2 ? .nan : numbers.next() * 100
            plans.append(Int32(row % 3) - 1)
            let chance = 0.25 * (1 + signal * (10 - logins) / 10 / 1.8)
            let leaves = numbers.next() < chance
            churned.append(leaves)
            days.append(leaves ? 1 + Int32(numbers.next() * 89) : 0)
        }
        let none = ClientFeatures.Levels(codes: [Int32](repeating: -1, count: customers), names: [])
        var categories = [ClientFeatures.Levels](repeating: none, count: ClientCategory.allCases.count)
        categories[ClientCategory.plan.rawValue] = ClientFeatures.Levels(codes: plans, names: ["basic", "pro"])
        return ChurnDay(
            features: ClientFeatures(
                asOf: ChurnDays.first.advanced(by: ChurnDays.spacing * number),
                positions: (0..<customers).map { Int32($0) }, numbers: columns.flatMap { $0 }, categories: categories),
            customers: (0..<customers).map { ChurnDay.customerHash("c\($0)") }, churned: churned, daysToChurn: days,
            rulesScores: (0..<customers).map { Double($0 % 4) / 4 })
    }

    static func training(
        kind: ChurnKind = .explicit, trainedOn: Day = first.advanced(by: 210), threadCount: Int = 1
    ) -> ChurnTraining {
        ChurnTraining(
            settings: ChurnSettings(), kind: kind, population: "everybody", trainedOn: trainedOn, program: "test",
            threadCount: threadCount)
    }
}

extension ChurnDay {
    /// The same rows in another order.
    func shuffled() -> ChurnDay {
        let order = customers.indices.reversed().map { $0 }
        return ChurnDay(
            features: features.rows(order), customers: order.map { customers[$0] }, churned: order.map { churned[$0] },
            daysToChurn: order.map { daysToChurn[$0] }, rulesScores: order.map { rulesScores[$0] })
    }

    func relabelled(_ churned: [Bool]) -> ChurnDay {
        ChurnDay(
            features: features, customers: customers, churned: churned, daysToChurn: churned.map { $0 ? 10 : 0 },
            rulesScores: rulesScores)
    }
}
