extension Configuration {
    /// Reads and checks the configuration file and the files it names.
    ///
    /// - Parameters:
    ///   - file: the configuration file; nil takes the defaults for every key, and rules.yaml and fx.csv of
    ///     `defaultDirectory` where they exist.
    ///   - environment: the variables of the process. `DATA_REFRESH_MINUTES` and `CHATBOT_TIMEOUT_SECONDS` win over the
    ///     file; `STATE_DIRECTORY` and `RUNTIME_DIRECTORY` (the first path of each) are the defaults of `state_dir` and
    /// of
    ///     the folder of `socket`. An empty variable counts as unset.
    ///   - tenant: whose daemon it is; its name is in the defaults of places and groups.
    ///   - defaultDirectory: where the neighbours of a missing configuration file are looked for.
    ///   - files: the way to the operating system.
    /// - Throws: all problems of all files at once.
    public static func load(
        file: String?, environment: [String: String], tenant: Tenant? = nil, defaultDirectory: String = "/etc/aura",
        files: FileAccess = .system
    ) throws(ConfigurationError) -> Configuration {
        guard let file else {
            return try parse(
                yaml: "", path: "\(defaultDirectory)/aurad.yaml", environment: environment, tenant: tenant, files: files
            )
        }
        var problems = ProblemList(.daemon, file: file)
        let expected = "a readable YAML file"
        switch files.read(FilePath.resolve(file, in: files.currentDirectory()), ConfigurationParser.yamlBytesMax) {
        case .bytes(let bytes):
            if let text = UTF8Text.decode(bytes, problems: &problems) {
                return try parse(yaml: text, path: file, environment: environment, tenant: tenant, files: files)
            }
        case .missing:
            problems.add(
                .missingFile, at: nil, "", found: "no such file", expected: expected,
                advice: "without a configuration file every key has its default")
        case .refused(let reason):
            problems.add(
                .unreadableFile, at: nil, "", found: "a file that cannot be read: \(reason)", expected: expected)
        }
        throw ConfigurationError(problems: problems.sorted)
    }

    /// Checks the text of a configuration file.
    ///
    /// - Parameters:
    ///   - yaml: the text; empty text gives the defaults.
    ///   - path: the name of the file, as it appears in problems; relative paths in the text are relative to its
    /// folder.
    ///   - environment: as for ``load(file:environment:defaultDirectory:files:)``.
    ///   - files: where the files and groups are found that the text names; by default nothing exists, so that the
    /// result
    ///     depends on the text alone.
    /// - Throws: all problems of all files at once.
    public static func parse(
        yaml: String, path: String, environment: [String: String] = [:], tenant: Tenant? = nil,
        files: FileAccess = .none
    ) throws(ConfigurationError) -> Configuration {
        var parser = ConfigurationParser(path: path, environment: environment, tenant: tenant, files: files)
        parser.parse(yaml)
        if !parser.allProblems.isEmpty { throw ConfigurationError(problems: parser.allProblems) }
        return parser.configuration
    }
}
