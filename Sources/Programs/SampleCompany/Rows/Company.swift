/// Everything that is decided before the first row is written; shared by the sources of all files.
struct Company: Sendable {
    let settings: SampleSettings
    let calendar: CompanyCalendar
    /// In order of their sign-up days.
    let clients: [Client]

    init(settings: SampleSettings) {
        self.settings = settings
        calendar = CompanyCalendar(settings: settings)
        let factory = ClientFactory(settings: settings, calendar: calendar)
        let days = SignupDays.draw(settings: settings, calendar: calendar)
        clients = days.enumerated().map { index, day in factory.client(index, signupDay: Int(day)) }
    }

    var days: ClosedRange<Int> { settings.firstDay...settings.lastDay }
}
