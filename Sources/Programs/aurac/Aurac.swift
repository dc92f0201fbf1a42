import Commands
import Glibc

@main
enum Aurac {
    static func main() {
        exit(AuracProgram.run(arguments: Array(CommandLine.arguments.dropFirst()), console: .ofProcess()))
    }
}
