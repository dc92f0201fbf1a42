import Glibc
import Records
import Testing

@testable import Inbox

@Suite struct StateFoldersTests {
    @Test(.enabled(if: geteuid() == 0)) func aStateDirectoryOfAnotherUserIsLeftAlone() throws {
        let temporary = try TemporaryFolder()
        let root = "\(temporary.path)/state"
        #expect(mkdir(root, 0o750) == 0 && chown(root, 4_242, 4_242) == 0)
        #expect {
            try StateFolders(root: root)
        } throws: { error in
            "\(error)".contains("belongs to user 4242")
        }
        #expect(try Files.allNames(root) == [])
    }

    @Test func aFolderThatAnybodyMayWriteToIsNamedWithTheCommandThatMendsIt() throws {
        let temporary = try TemporaryFolder()
        let root = "\(temporary.path)/state"
        _ = try StateFolders(root: root)
        for path in ["\(root)/inbox", root] {
            chmod(path, 0o777)
            #expect {
                try StateFolders(root: root)
            } throws: { error in
                // The log is where an operator of a service reads it.
                let text = (error as? FileError)?.logDescription ?? ""
                return text.contains("\(path): anybody may write to it") && text.contains("chmod o-w \(path)")
            }
            chmod(path, 0o750)
        }
    }

    @Test func anInboxOfAnOlderVersionGetsTheStickyBit() throws {
        let temporary = try TemporaryFolder()
        let folders = try StateFolders(root: "\(temporary.path)/state")
        let inbox = folders.inboxPath(.support)
        chmod(inbox, 0o2770)
        _ = try StateFolders(root: "\(temporary.path)/state")
        #expect(Files.permissions(inbox) == 0o3770)
        // What an operator has closed to others stays as it is.
        chmod(inbox, 0o700)
        _ = try StateFolders(root: "\(temporary.path)/state")
        #expect(Files.permissions(inbox) == 0o700)
    }

    @Test func makesAllFoldersWithTheirPermissions() throws {
        let temporary = try TemporaryFolder()
        let folders = try StateFolders(root: "\(temporary.path)/state/")
        #expect(folders.root == "\(temporary.path)/state")
        for category in Records.Category.allCases {
            #expect(Files.permissions(folders.inboxPath(category)) == 0o3770)
        }
        for name in ["claimed", "bronze", "quarantine"] {
            #expect(Files.permissions("\(folders.root)/\(name)") == 0o700)
        }
        #expect(Files.permissions("\(folders.root)/inbox") == 0o711)
        #expect(try folders.categoriesClaimedByCopy() == [])
    }

    @Test func permissionsAndGroupComeFromTheSettings() throws {
        let temporary = try TemporaryFolder()
        let settings = StateFolders.Settings(
            inboxPermissions: 0o3730, inboxGroup: Machine.isRoot ? 12345 : getegid(), categories: [.surveys])
        let folders = try StateFolders(root: temporary.path, settings: settings)
        #expect(Files.permissions(folders.inboxPath(.surveys)) == 0o3730)
        #expect(!Files.exists(folders.inboxPath(.support)))
        var status = stat()
        #expect(lstat(folders.inboxPath(.surveys), &status) == 0)
        #expect(status.st_gid == settings.inboxGroup)
    }

    @Test func whatIsThereIsKeptAndPrivateFoldersAreClosed() throws {
        let temporary = try TemporaryFolder()
        let first = try StateFolders(root: temporary.path)
        try Files.write("\(first.inboxPath(.support))/a.csv", "x")
        chmod(first.inboxPath(.support), 0o775)
        chmod("\(first.root)/bronze", 0o755)
        let second = try StateFolders(root: temporary.path)
        #expect(try Files.names(second.inboxPath(.support)) == ["a.csv"])
        // The operator's own choice for an inbox, not for the originals.
        #expect(Files.permissions(second.inboxPath(.support)) == 0o1775)
        #expect(Files.permissions("\(first.root)/bronze") == 0o700)
    }

    @Test func refusesASymbolicLinkAsRoot() throws {
        let temporary = try TemporaryFolder()
        mkdir("\(temporary.path)/real", 0o755)
        symlink("real", "\(temporary.path)/link")
        for path in ["\(temporary.path)/link", "\(temporary.path)/link/"] {
            let error = #expect(throws: FileError.self) { try StateFolders(root: path) }
            #expect(error?.code == .unsafeFolder)
            #expect(error?.description.contains("symbolic link") == true)
        }
    }

    @Test(arguments: ["inbox", "claimed", "bronze", "quarantine", "inbox/support"])
    func refusesASymbolicLinkInside(_ name: String) throws {
        let temporary = try TemporaryFolder()
        mkdir("\(temporary.path)/elsewhere", 0o755)
        mkdir("\(temporary.path)/state", 0o755)
        if name.hasPrefix("inbox/") { mkdir("\(temporary.path)/state/inbox", 0o755) }
        symlink("\(temporary.path)/elsewhere", "\(temporary.path)/state/\(name)")
        let error = #expect(throws: FileError.self) { try StateFolders(root: "\(temporary.path)/state") }
        #expect(error?.code == .unsafeFolder)
        #expect(try Files.allNames("\(temporary.path)/elsewhere") == [])
    }

    @Test func refusesAFileAsRootAndARootForEverybody() throws {
        let temporary = try TemporaryFolder()
        try Files.write("\(temporary.path)/file", "x")
        #expect(throws: FileError.self) { try StateFolders(root: "\(temporary.path)/file") }
        mkdir("\(temporary.path)/open", 0o755)
        chmod("\(temporary.path)/open", 0o1777)
        let error = #expect(throws: FileError.self) { try StateFolders(root: "\(temporary.path)/open") }
        #expect(error?.code == .unsafeFolder)
        #expect(try Files.allNames("\(temporary.path)/open") == [])
        #expect(throws: FileError.self) { try StateFolders(root: "") }
        let missing = #expect(throws: FileError.self) { try StateFolders(root: "\(temporary.path)/no/such") }
        #expect(missing?.code == .missing)
    }

    @Test(.enabled(if: Machine.canMount, "mounting is not allowed here"))
    func originalsMustBeWhereTheClaimsAre() throws {
        let temporary = try TemporaryFolder()
        _ = try StateFolders(root: temporary.path)
        #expect(Machine.mountMemory("\(temporary.path)/bronze", bytes: 1 << 20))
        defer { Machine.unmount("\(temporary.path)/bronze") }
        let error = #expect(throws: FileError.self) { try StateFolders(root: temporary.path) }
        #expect(error?.code == .differentFileSystem)
    }

    @Test(.enabled(if: Machine.canMount, "mounting is not allowed here"))
    func anInboxElsewhereIsNamed() throws {
        let temporary = try TemporaryFolder()
        let folders = try StateFolders(root: temporary.path)
        #expect(Machine.mountMemory(folders.inboxPath(.support), bytes: 1 << 20))
        defer { Machine.unmount(folders.inboxPath(.support)) }
        #expect(try folders.categoriesClaimedByCopy() == [.support])
    }
}

@Suite struct FileErrorTests {
    @Test func theKernelsNumbersBecomeKinds() {
        let pairs: [(Int32, FileError.Code)] = [
            (ENOSPC, .noSpace), (EDQUOT, .noSpace), (EACCES, .permissionDenied), (EPERM, .permissionDenied),
            (EROFS, .readOnlyFileSystem), (ENOENT, .missing), (EEXIST, .alreadyExists), (EMFILE, .outOfResources),
            (EXDEV, .differentFileSystem), (ELOOP, .unsafeFolder), (EIO, .inputOutput), (EINVAL, .other),
        ]
        for (number, code) in pairs { #expect(FileError("open", path: "x", errorNumber: number).code == code) }
    }

    @Test func theMessageSaysWhatWhyAndWhatToDo() {
        let error = FileError("write", path: "secret-customer.csv", errorNumber: ENOSPC)
        #expect(error.description.hasPrefix("could not write secret-customer.csv: "))
        #expect(error.description.contains("ENOSPC"))
        #expect(error.description.contains("free space"))
        #expect(!error.logDescription.contains("secret"))
        #expect(FileError("open", path: "x", errorNumber: 99999).description.contains("unlisted"))
        for code in FileError.Code.allCases {
            #expect(!FileError(code, "open", path: "x", detail: "y").advice.isEmpty)
        }
    }

    @Test func readErrorsKeepPathsOutOfLogs() {
        let path = "secret-customer.csv"
        let errors: [DropReadError] = [
            .file(FileError("open", path: path, errorNumber: EIO)), .changedWhileReading(path: path),
            .truncated(.gzip, atByte: 5, path: path), .damaged(.zstd, atByte: 7, detail: "d", path: path),
            .notARegularFile(.pipe, path: path),
        ]
        for error in errors {
            #expect(error.description.contains(path))
            #expect(!error.logDescription.contains(path))
        }
        #expect(
            errors.map(\.code) == [
                "input_output", "changed_while_reading", "gzip_truncated", "zstd_damaged", "not_a_regular_file",
            ])
    }
}
