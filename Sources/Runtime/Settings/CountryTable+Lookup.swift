extension CountryTable {
    /// Region by name or code in lower case, as built in.
    static let regionOfCountry: [String: String] = {
        var result: [String: String] = [:]
        for (region, countries) in regions {
            for country in countries {
                for key in keys(of: country) { result[key] = region }
            }
        }
        return result
    }()

    /// ISO 3166-1 code by name or code in lower case.
    static let codeOfCountry: [String: String] = {
        var result: [String: String] = [:]
        for (_, countries) in regions {
            for country in countries {
                for key in keys(of: country) { result[key] = country.code }
            }
        }
        return result
    }()

    /// The code of a country under any of its names, in upper or lower case; nil when it is not known.
    static func code(of name: String) -> String? { codeOfCountry[name.lowercased()] }

    /// The English short names of all countries.
    static var shortNames: [String] { regions.flatMap { $0.countries.map { $0.names[0] } } }

    /// Names and code in lower case: what a location is compared with.
    static func keys(of country: Country) -> [String] { (country.names + [country.code]).map { $0.lowercased() } }

    /// The shortest way to write down a table: a country whose names all lie in one region by its short name, the rest
    /// key
    /// by key. Sorted, so that equal tables give equal text.
    static func compact(_ regionOfCountry: [String: String]) -> [(region: String, countries: [String])] {
        var rest = regionOfCountry
        var names: [String: [String]] = [:]
        for (_, countries) in regions {
            for country in countries {
                let keys = keys(of: country)
                guard let region = rest[keys[0]], keys.allSatisfy({ rest[$0] == region }) else { continue }
                names[region, default: []].append(country.names[0])
                for key in keys { rest[key] = nil }
            }
        }
        for (key, region) in rest { names[region, default: []].append(key) }
        return names.sorted { $0.key < $1.key }.map { ($0.key, $0.value.sorted()) }
    }
}
