import Records
import Rollup

/// Monthly cells by segment and region.
struct SegmentRegions {
    struct Row {
        var month: Month
        var segment: String
        var region: String
        var cell: MonthlyCell
        /// The month is not over.
        var isProvisional: Bool
    }

    /// A row whose segment and region are told by their numbers.
    private struct Keyed {
        var month: Month
        var pair: UInt32
        var cell: MonthlyCell
    }

    /// By month, segment and region; rows without any value are left out.
    let rows: [Row]

    init(_ snapshot: Snapshot) {
        var groupsOfPair: [UInt32: [Int]] = [:]
        for (index, group) in snapshot.groups.groups.enumerated() {
            groupsOfPair[UInt32(group.segment) << 16 | UInt32(group.region), default: []].append(index)
        }
        let keyed =
            snapshot.groups.isTooMany
            ? SegmentRegions.walked(snapshot, groupsOfPair) : SegmentRegions.summed(snapshot, groupsOfPair)
        let dimensions = snapshot.gold.dimensions
        let lastMonth = snapshot.monthly.lastMonth
        rows = keyed.map { row in
            Row(
                month: row.month, segment: dimensions.segment.values[Int(row.pair >> 16)],
                region: dimensions.region.values[Int(row.pair & 0xFFFF)], cell: row.cell,
                isProvisional: row.month == lastMonth)
        }
    }

    /// From what is kept by group.
    private static func summed(_ snapshot: Snapshot, _ groupsOfPair: [UInt32: [Int]]) -> [Keyed] {
        let pairs = groupsOfPair.keys.sorted()
        var rows: [Keyed] = []
        let monthly = snapshot.monthly
        for offset in 0..<monthly.monthCount {
            let month = monthly.firstMonth.advanced(by: offset)
            for pair in pairs { add(month, pair, monthly.sum(month, over: groupsOfPair[pair] ?? []), to: &rows) }
        }
        return rows
    }

    /// Pairs whose months are added up in one walk over the clients.
    private static let pairsAtOnce = 1024

    /// From the clients, some pairs at a time: of most pairs and months there is nothing, and that takes no room.
    private static func walked(_ snapshot: Snapshot, _ groupsOfPair: [UInt32: [Int]]) -> [Keyed] {
        let pairs = groupsOfPair.keys.sorted()
        var rows: [Keyed] = []
        for start in stride(from: 0, to: pairs.count, by: pairsAtOnce) {
            let chosen = pairs[start..<min(start + pairsAtOnce, pairs.count)]
            var columnOfGroup = [Int32](repeating: -1, count: snapshot.groups.count)
            for (column, pair) in chosen.enumerated() {
                for group in groupsOfPair[pair] ?? [] { columnOfGroup[group] = Int32(column) }
            }
            let monthly = MonthlyRollup(
                snapshot.gold, silver: snapshot.silver,
                group: snapshot.groups.groupOfPosition.map { columnOfGroup[Int($0)] }, groupCount: chosen.count,
                standings: snapshot.standings)
            for offset in 0..<monthly.monthCount {
                let month = monthly.firstMonth.advanced(by: offset)
                for (column, pair) in chosen.enumerated() { add(month, pair, monthly[month, column], to: &rows) }
            }
        }
        return rows.sorted { ($0.month, $0.pair) < ($1.month, $1.pair) }
    }

    private static func add(_ month: Month, _ pair: UInt32, _ cell: MonthlyCell, to rows: inout [Keyed]) {
        if !cell.isEmpty { rows.append(Keyed(month: month, pair: pair, cell: cell)) }
    }

    /// What the rows of all tables by month, segment and region begin with.
    static let keyColumns: [RowColumn<Row>] = [
        .text("month") { $0.month.description }, .text("segment") { $0.segment }, .text("region") { $0.region },
    ]
}

/// Rows of `dashboard_kpis`.
enum DashboardKPIRows {
    static let columns: [RowColumn<SegmentRegions.Row>] = SegmentRegions.keyColumns + figures

    private static let figures: [RowColumn<SegmentRegions.Row>] = [
        .integer("active_customers") { Int($0.cell.activeCustomers) },
        .integer("new_customers") { Int($0.cell.newCustomers) },
        .money("revenue") { $0.cell.revenue },
        .integer("transactions") { Int($0.cell.transactions) },
        .money("mrr") { $0.cell.mrr },
        .money("repeat_revenue") { $0.cell.repeatRevenue },
        .integer("paying_customers") { Int($0.cell.payingCustomers) },
        .integer("events") { Int($0.cell.events) },
        .integer("tickets") { Int($0.cell.tickets) },
        .real("mean_resolution_hours") { $0.cell.meanResolutionHours },
        .real("csat") { $0.cell.csat },
        .integer("nps_responses") { Int($0.cell.surveyAnswers) },
        .real("nps") { $0.cell.nps },
        .integer("churned_customers") { Int($0.cell.churnedCustomers) },
        .integer("lapsed_customers") { Int($0.cell.lapsedCustomers) },
        .integer("provisional") { $0.isProvisional ? 1 : 0 },
    ]
}

/// Rows of `mrr_movements`.
enum MovementRows {
    static let columns: [RowColumn<SegmentRegions.Row>] = SegmentRegions.keyColumns + figures

    private static let figures: [RowColumn<SegmentRegions.Row>] = [
        .money("starting") { $0.cell.movements.starting },
        .money("new") { $0.cell.movements.new },
        .money("reactivation") { $0.cell.movements.reactivation },
        .money("expansion") { $0.cell.movements.expansion },
        .money("contraction") { $0.cell.movements.contraction },
        .money("churn") { $0.cell.movements.churn },
        .money("fx") { $0.cell.movements.exchange },
        .money("ending") { $0.cell.movements.ending },
        .real("nrr") { $0.cell.movements.nrr },
        .real("grr") { $0.cell.movements.grr },
        .real("logo_churn") { $0.cell.movements.logoChurn },
        .integer("starting_customers") { Int($0.cell.movements.startingCustomers) },
        .integer("new_customers") { Int($0.cell.movements.newCustomers) },
        .integer("reactivation_customers") { Int($0.cell.movements.reactivationCustomers) },
        .integer("expansion_customers") { Int($0.cell.movements.expansionCustomers) },
        .integer("contraction_customers") { Int($0.cell.movements.contractionCustomers) },
        .integer("churn_customers") { Int($0.cell.movements.churnCustomers) },
    ]
}

/// Rows of `cohort_retention`: one per cohort and month since.
enum CohortRows {
    struct Cell {
        var definition: CohortDefinition
        var cohort: Cohort
        var k: Int
        var isComplete: Bool
    }

    static let columns: [RowColumn<Cell>] = [
        .text("cohort_by") { $0.definition.rawValue },
        .text("cohort") { $0.cohort.month.description },
        .integer("k") { $0.k },
        .integer("size") { $0.cohort.size },
        .integer("active") { $0.cohort.active[$0.k] },
        .real("retention") { $0.cohort.retention($0.k) },
        .money("revenue") { $0.cohort.revenue($0.k) },
        .real("revenue_retention") { $0.cohort.revenueRetention($0.k) },
        .integer("complete") { $0.isComplete ? 1 : 0 },
    ]

    static func cells(_ snapshot: Snapshot) -> [Cell] {
        var cells: [Cell] = []
        for definition in CohortDefinition.allCases {
            let table = snapshot.cohorts(definition)
            for cohort in table.cohorts {
                for k in cohort.active.indices {
                    cells.append(
                        Cell(definition: definition, cohort: cohort, k: k, isComplete: table.isComplete(cohort, k)))
                }
            }
        }
        return cells
    }
}
