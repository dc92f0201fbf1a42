// What the file-taking code needs from the C library and cannot reach from Swift: calls behind GNU feature switches.
#ifndef AURA_FILES_H
#define AURA_FILES_H

#include <stdint.h>

/// Renames without ever replacing what stands at the target. 0, or the negated error number (-EEXIST when the target
/// is taken). On file systems without such a rename the target is looked up first.
int aura_rename_noreplace(int from_folder, const char *from, int to_folder, const char *to);

/// Whether somebody has the file behind `fd` (opened for reading) open for writing, asked by taking a read lease for
/// an instant: 0 nobody, 1 somebody, -1 the kernel does not tell (not the owner, file system without leases).
int aura_probe_writer(int fd);

/// Makes the empty file behind `to` share the content of `from`, where the file system can (reflink). 0, or the negated
/// error number; then nothing was written.
int aura_clone(int from, int to);

/// The symbol of an error number, such as "ENOSPC", and its text; never null.
const char *aura_errno_name(int number);
const char *aura_errno_text(int number);

#endif
