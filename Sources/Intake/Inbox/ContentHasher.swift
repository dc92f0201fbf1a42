import CCrypto

/// Takes the SHA-256 of bytes that come in pieces, by the system's OpenSSL: it uses what the processor has for it.
struct ContentHasher: ~Copyable {
    private let context: OpaquePointer

    init() {
        // Neither fails but for want of memory, and then nothing in this process goes on.
        guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
            fatalError("libcrypto has no SHA-256, or there is no memory for it")
        }
        self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    mutating func update(_ piece: UnsafeRawBufferPointer) {
        guard EVP_DigestUpdate(context, piece.baseAddress, piece.count) == 1 else {
            fatalError("libcrypto did not hash \(piece.count) bytes")
        }
    }

    mutating func update(_ piece: [UInt8]) { piece.withUnsafeBytes { update($0) } }

    /// The hash of all that has come so far; more may follow.
    var hash: ContentHash {
        guard let copy = EVP_MD_CTX_new(), EVP_MD_CTX_copy_ex(copy, context) == 1 else {
            fatalError("there is no memory for a hash")
        }
        defer { EVP_MD_CTX_free(copy) }
        let bytes = [UInt8](unsafeUninitializedCapacity: ContentHash.count) { buffer, count in
            guard EVP_DigestFinal_ex(copy, buffer.baseAddress, nil) == 1 else {
                fatalError("libcrypto did not end a hash")
            }
            count = ContentHash.count
        }
        guard let hash = ContentHash(bytes: bytes) else { fatalError("SHA-256 has \(ContentHash.count) bytes") }
        return hash
    }
}
