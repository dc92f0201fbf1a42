/// What clients write beside their score. The text fits the score and what moves the client.
enum SurveyComments {
    enum Theme: Sendable {
        case general, price, support, newContact, competitor, incident
    }

    /// Three bands of scores: 0 … 6, 7 … 8, 9 … 10.
    private enum Band {
        case low, middle, high
    }

    /// `%P` stands for the product, `%F` for a feature that the client uses.
    static func comment(score: Int, theme: Theme, client: Client, stream: inout RandomStream) -> String {
        let band: Band = score <= 6 ? .low : score <= 8 ? .middle : .high
        var table = themed(theme, band)
        let culture = Country.all[client.country].culture
        if theme == .general, stream.chance(0.35), let own = local(culture, band) { table = own }
        let template = stream.pick(table)
        let rank = stream.below(max(1, client.breadth))
        let feature = Catalogue.features[1 + (client.featureStart + rank * client.featureStride) % 15]
        return filled(template, product: Catalogue.products[client.product], feature: feature)
    }

    private static func filled(_ template: String, product: String, feature: String) -> String {
        var text = ""
        var isMark = false
        for character in template {
            if isMark {
                text += character == "P" ? product : String(feature.map { $0 == "_" ? " " : $0 })
                isMark = false
            } else if character == "%" {
                isMark = true
            } else {
                text.append(character)
            }
        }
        return text
    }

    private static func themed(_ theme: Theme, _ band: Band) -> [String] {
        switch (theme, band) {
        case (.price, .low):
            [
                "The new price is hard to justify for what we use", "We pay for seats nobody opens any more",
                "Finance asked me twice this quarter why %P costs so much",
                "Good tool, wrong price for a firm our size",
                "Renewal quote was a shock, we are cutting seats", "\"Value for money\" is not how I would put it",
            ]
        case (.price, .middle):
            ["Solid, although it is getting expensive", "Happy with %F, less happy with the invoice"]
        case (.price, .high): ["Not cheap, but it earns its keep", "Worth the money, even after the price change"]
        case (.support, .low):
            [
                "Three tickets open and nobody calls back", "The same bug in %F was closed twice and is still there",
                "We had to escalate to get any answer at all", "Support reads from a script, our problem stays",
                "Waited nine days for a reply, then got a link to the manual",
                "Our team has lost patience with %F.\nPlease fix it",
            ]
        case (.support, .middle): ["Support took a while, in the end it worked", "%P is fine, answers are slow"]
        case (.support, .high): ["One rough ticket, otherwise excellent"]
        case (.newContact, .low):
            [
                "I took this over from a colleague and see little use for it",
                "The person who set up %P has left us, no one knows it",
                "We no longer have an owner for this on our side",
            ]
        case (.newContact, .middle):
            ["New in this role, still finding my way around", "Inherited this account, an introduction would help"]
        case (.newContact, .high): ["Just took over, looks promising"]
        case (.competitor, .low):
            [
                "Other vendors show us what %F lacks", "We are comparing offers, to be frank",
                "A trial elsewhere did in a day what takes us a week here", "Missing integrations, others have them",
            ]
        case (.competitor, .middle):
            ["Decent, yet the market has moved on", "We are looking at alternatives, nothing decided"]
        case (.competitor, .high): ["Still ahead of the others for now"]
        case (.incident, .low):
            ["The outage cost us a day of work", "Twice down in a month, \"stable\" looks different"]
        case (.incident, .middle): ["Good apart from the recent outage", "Please, fewer surprises in production"]
        case (.incident, .high): ["Outage was handled openly, well done", "Quick status updates during the incident"]
        case (.general, .low):
            [
                "Too complicated for our people", "%F does not do what we need",
                "Slow, and the numbers do not match ours",
                "We hardly open it", "Promised a lot, delivered half", "Exports break, reports are stale, sorry",
                "Not sure what we would miss without it",
            ]
        case (.general, .middle):
            [
                "Does the job", "%F is useful, the rest we rarely touch", "Good, with rough edges",
                "Reliable, could be faster", "We like %P, mobile needs work", "Fine for now",
                "Nice dashboards, search is weak",
            ]
        case (.general, .high):
            [
                "%P runs our Monday meeting", "%F alone saves us hours every week",
                "Friendly people and a product that works",
                "Set up in an afternoon, used ever since", "Our branch offices asked to be added, says it all",
                "Best decision of last year, honestly", "Keep going!", "I have told two suppliers to get it",
            ]
        }
    }

    private static func local(_ culture: Culture, _ band: Band) -> [String]? {
        switch (culture, band) {
        case (.german, .low): ["Leider zu umständlich für unser Team", "Für unsere Größe zu träge, zu teuer"]
        case (.german, .middle): ["Ordentlich, aber ausbaufähig", "Läuft, könnte schneller sein"]
        case (.german, .high): ["Möchten wir nicht mehr missen", "Sehr gute Betreuung, klare Auswertungen"]
        case (.french, .low): ["Trop compliqué à l'usage, dommage", "On s'en sert très peu"]
        case (.french, .middle): ["Correct, sans plus", "Utile, mais l'export déçoit"]
        case (.french, .high): ["Un vrai gain de temps, merci à l'équipe", "Très à l'aise avec %P"]
        case (.spanish, .low): ["No termina de convencernos", "Va lento y da errores"]
        case (.spanish, .middle): ["Cumple, aunque le falta algo", "Bien, podría ser más ágil"]
        case (.spanish, .high): ["Nos ahorra mucho tiempo, ¡gracias!", "El equipo está encantado"]
        case (.portuguese, .low): ["Difícil de usar no dia a dia"]
        case (.portuguese, .middle): ["Atende, mas pode melhorar"]
        case (.portuguese, .high): ["Excelente, a equipe adorou", "Não vivemos mais sem"]
        case (.italian, .low): ["Troppo macchinoso, peccato"]
        case (.italian, .middle): ["Buono, ma la ricerca è debole"]
        case (.italian, .high): ["Ottimo, ci fa risparmiare ore ogni settimana"]
        case (.dutch, .low): ["Te ingewikkeld, we gebruiken het nauwelijks"]
        case (.dutch, .middle): ["Prima, kan sneller"]
        case (.dutch, .high): ["Fijn product, snelle hulp"]
        case (.polish, .low): ["Zbyt wolne, wiele błędów"]
        case (.polish, .middle): ["W porządku, choć brakuje kilku funkcji"]
        case (.polish, .high): ["Świetne narzędzie, oszczędza nam czas"]
        case (.japanese, .low): ["動作が遅く、使いにくいです"]
        case (.japanese, .middle): ["悪くないが、改善の余地あり"]
        case (.japanese, .high): ["毎日の業務に欠かせません", "サポートが丁寧で助かります"]
        case (.english, _), (.indian, _), (.arabic, _): nil
        }
    }
}
