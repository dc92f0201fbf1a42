import Answers
import Contract
import Inbox
import Pipeline
import Records
import Rollup
import Snapshots
import Store
import Testing
import Words

@testable import Daemon

/// Every method of the table has one who answers it, and the words of the table are those of the program.
@Suite struct HandlerTests {
    @Test func everyMethodHasOneHandler() {
        #expect(Handlers.all.map { $0.endpoint.name } == Endpoint.all.map(\.name))
        #expect(Handlers.byName.count == Endpoint.all.count)
    }

    /// What costs little is answered where the sockets are read, and only what can be kept is kept.
    @Test func workAndKeepingFitTogether() {
        for endpoint in Endpoint.all {
            if endpoint.isKept { #expect(endpoint.day == .applied && endpoint.permission == .read, "\(endpoint.name)") }
            if endpoint.takesFilters { #expect(endpoint.day == .applied, "\(endpoint.name)") }
            if endpoint.work == .immediate { #expect(endpoint.permission == .read, "\(endpoint.name)") }
            if endpoint.permission == .administer { #expect(endpoint.day == .refused, "\(endpoint.name)") }
            if endpoint.day == .applied { #expect(endpoint.envelope == .data, "\(endpoint.name)") }
        }
    }

    /// The words that travel are those that are used inside.
    @Test func wordsAreTheSameInside() {
        #expect(Category.allCases.map(\.rawValue).sorted() == DropCategory.allCases.map(\.rawValue).sorted())
        #expect(LedgerEntry.State.allCases.map(\.rawValue) == DropState.allCases.map(\.rawValue))
        #expect(PublishedTable.allCases.map(\.rawValue).sorted() == ExportedTable.allCases.map(\.rawValue).sorted())
        #expect(RiskScores.Level.allCases.map(\.name) == RiskLevel.allCases.map(\.rawValue))
        #expect(
            Records.ForecastMetric.allCases.map(\.rawValue).sorted()
                == Words.ForecastMetric.allCases.map(\.rawValue).sorted())
        #expect(CohortDefinition.allCases.map(\.rawValue) == CohortStart.allCases.map(\.rawValue))
        #expect(
            ForecastAssumptions.Exclusion.allCases.map(\.rawValue).sorted()
                == LeftOutDays.allCases.map(\.rawValue).sorted())
        #expect(DailyForecast.horizons == [30, 60, 90])
    }
}
