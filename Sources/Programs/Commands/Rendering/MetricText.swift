internal import Contract
internal import TerminalText
internal import Words

/// Metrics as people read them, by what the registry says of them.
struct MetricText {
    let definition: MetricDefinition?
    let name: String

    init(_ name: String) {
        self.name = name
        definition = MetricRegistry.definition(name)
    }

    /// Figures of answers that are no metrics of the registry.
    private static let furtherTitles = [
        "transactions": "Payments", "events": "Events", "nps_responses": "NPS answers",
        "repeat_revenue": "Recurring revenue",
    ]

    var title: String {
        if let definition { return definition.title }
        return Self.furtherTitles[name] ?? String(name.map { $0 == "_" ? " " : $0 })
    }

    /// A value in the metric's unit.
    func value(_ value: Answer, on page: ReportPage) -> String {
        guard let number = value.doubleValue else { return page.shown(value) }
        let human = page.number
        switch definition?.unit {
        case .money: return page.amount(number)
        case .fraction: return human.percent(number)
        case .ratio: return human.decimal(number, fractionDigits: 2)
        case .score, .answer: return human.decimal(number, fractionDigits: value.int == nil ? 1 : 0)
        case .rating: return human.decimal(number, fractionDigits: 2)
        case .points: return human.signed(number, fractionDigits: 1)
        case .hours: return human.decimal(number, fractionDigits: 1) + " h"
        case .days: return page.days(value)
        case .count, nil: return human.decimal(number, fractionDigits: value.int == nil ? 2 : 0)
        }
    }

    /// A change from one value to another in the unit's terms: relative for amounts and counts, percentage points for
    /// fractions, a difference for the rest. nil when either is unknown.
    func change(from old: Answer, to new: Answer, on page: ReportPage) -> Change? {
        guard let before = old.doubleValue, let after = new.doubleValue else { return nil }
        let difference = after - before
        let human = page.number
        let text: String
        switch definition?.unit {
        case .fraction:
            text = human.percentagePoints(difference)
        case .money, .count, nil:
            if before > 0 {
                let share = difference / before
                text =
                    share > 9.995
                    ? "x " + human.decimal(after / before, fractionDigits: 1)
                    : human.signed(share * 100, fractionDigits: 1) + " %"
            } else {
                text = human.signed(difference, fractionDigits: definition?.unit == .money ? 2 : 0)
            }
        case .hours:
            text = human.signed(difference, fractionDigits: 1) + " h"
        case .ratio, .rating:
            text = human.signed(difference, fractionDigits: 2)
        case .score, .points, .answer, .days:
            text = human.signed(difference, fractionDigits: 1)
        }
        let arrow = !page.style.unicode ? "" : difference > 0 ? "▲ " : difference < 0 ? "▼ " : ""
        return Change(text: arrow + text, role: role(difference))
    }

    /// A change in words, and whether it is for the better.
    struct Change {
        var text: String
        var role: TextRole
    }

    private func role(_ difference: Double) -> TextRole {
        guard difference != 0 else { return .muted }
        switch definition?.direction {
        case .higherIsBetter: return difference > 0 ? .good : .bad
        case .lowerIsBetter: return difference < 0 ? .good : .bad
        case .neutral, nil: return .normal
        }
    }
}
