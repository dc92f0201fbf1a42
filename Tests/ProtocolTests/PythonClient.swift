import Contract
import Glibc

/// The page's client at work: a Python process per list of questions.
struct PythonClient {
    private let folder: String
    private let socket: String

    /// Takes the questions from one file and writes the answers to another, a line each. An upload "previous" goes on
    /// with that of the answer before.
    private static let driver = """
        import json, os, sys
        from client import Aura
        aura, result = Aura(os.environ["AURA_SOCKET"]), None
        with open(sys.argv[1]) as questions, open(sys.argv[2], "w") as answers:
            for line in questions:
                method, params = json.loads(line)
                if params.get("upload") == "previous":
                    params.update(upload=result["upload"], offset=result["received_bytes"])
                try:
                    result = aura.call(method, **params)
                    answer = {"result": result}
                except RuntimeError as error:
                    answer = {"error": json.loads(str(error))}
                answers.write(json.dumps(answer) + "\\n")
        """

    static let isAvailable = system("command -v python3 >/dev/null 2>&1") == 0

    init(_ client: String, folder: String, socket: String) throws {
        self.folder = folder
        self.socket = socket
        try TextFile.write(client, to: "\(folder)/client.py")
        try TextFile.write(Self.driver, to: "\(folder)/driver.py")
    }

    /// Asks over one connection; `{"result": …}` or `{"error": …}` for each question.
    func ask(_ questions: [(method: String, params: String)]) throws -> [JSONValue] {
        let lines = questions.map { "[\"\($0.method)\", \($0.params)]\n" }.joined()
        try TextFile.write(lines, to: "\(folder)/questions")
        _ = try run("driver.py questions answers")
        guard let stream = fopen("\(folder)/answers", "r") else {
            throw ProtocolPage.Trouble(description: "the client wrote no answers")
        }
        defer { fclose(stream) }
        let answers = try TextFile.rest(of: stream).split(separator: "\n").map { try JSONReader().read(Array($0.utf8)) }
        guard answers.count == questions.count else {
            throw ProtocolPage.Trouble(description: "\(answers.count) answers to \(questions.count) questions")
        }
        return answers
    }

    /// What the page's client prints as a command.
    func command(_ method: String) throws -> String { try run("client.py \(method)") }

    private func run(_ arguments: String) throws -> String {
        guard
            let pipe = popen(
                "cd '\(folder)' && AURA_SOCKET='\(socket)' PYTHONDONTWRITEBYTECODE=1 python3 \(arguments) 2>&1", "r")
        else { throw ProtocolPage.Trouble(description: "no process") }
        let output = TextFile.rest(of: pipe)
        guard pclose(pipe) == 0 else { throw ProtocolPage.Trouble(description: "python3 \(arguments): \(output)") }
        return output
    }
}
