import Contract

/// Who answers which method: one for each of the table.
enum Handlers {
    static let all: [any MethodHandler.Type] =
        SystemHandlers.all + DataHandlers.all + KPIHandlers.all + ClientHandlers.all + PopulationHandlers.all
        + ForecastHandlers.all + ExportHandlers.all + ChurnHandlers.all

    static let byName = Dictionary(all.map { ($0.endpoint.name, $0) }, uniquingKeysWith: { first, _ in first })
}
