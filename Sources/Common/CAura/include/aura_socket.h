#ifndef AURA_SOCKET_H
#define AURA_SOCKET_H

// Unix stream sockets: what the C library hides behind feature macros, unions or
// variable-length structures. Every function returns a value >= 0, or the negated errno;
// EINTR is retried inside unless a function says otherwise.

#include <stddef.h>
#include <stdint.h>

/// A new AF_UNIX stream socket, close-on-exec; non-blocking when asked.
int aura_unix_socket(int nonblocking);

/// The longest path aura_unix_bind and aura_unix_connect take, in bytes.
size_t aura_unix_path_bytes_max(void);

/// Binds to a file system path. -ENAMETOOLONG when the path does not fit.
int aura_unix_bind(int descriptor, const char *path);

/// Connects to a file system path. -ENAMETOOLONG when the path does not fit; -EAGAIN when a
/// non-blocking socket meets a full backlog (then nothing has been started: call again later).
int aura_unix_connect(int descriptor, const char *path);

/// accept4 with SOCK_NONBLOCK | SOCK_CLOEXEC; the new descriptor, or -EAGAIN when none waits.
int aura_accept(int descriptor);

/// Who connected, read from the kernel (SO_PEERCRED), as of connect(2).
int aura_peer_credentials(int descriptor, uint32_t *uid, uint32_t *gid, int32_t *pid);

/// The peer's supplementary groups (SO_PEERGROUPS). Returns how many there are; when that is
/// more than `capacity`, nothing was stored and the call is repeated with more room.
int aura_peer_groups(int descriptor, uint32_t *groups, uint32_t capacity);

/// send with MSG_NOSIGNAL: a peer that has gone is -EPIPE, never a signal.
/// `blocking` zero adds MSG_DONTWAIT.
int64_t aura_send(int descriptor, const void *bytes, size_t count, int blocking);

/// recv with MSG_DONTWAIT: 0 at the end of the stream, -EAGAIN when nothing is there.
int64_t aura_receive(int descriptor, void *bytes, size_t count);

/// 1 when the descriptor is a listening AF_UNIX stream socket, 0 when it is anything else.
int aura_is_listening_unix_stream(int descriptor);

/// Sets O_NONBLOCK and FD_CLOEXEC.
int aura_set_nonblocking_cloexec(int descriptor);

/// The file a path names, without following a last symbolic link: device, inode, whether it is
/// a socket, and its permission bits.
int aura_file_identity(const char *path, uint64_t *device, uint64_t *inode, int *is_socket, uint32_t *mode);

/// Opens a directory for locking (O_RDONLY | O_DIRECTORY | O_CLOEXEC).
int aura_open_directory(const char *path);

/// flock(LOCK_EX | LOCK_NB): 0, or -EWOULDBLOCK when another process holds it.
int aura_try_lock(int descriptor);

/// Lets go of the lock for all who share the open file: a child that was forked a moment ago may still have it open.
void aura_unlock(int descriptor);

/// The numeric id of a group name (getgrnam_r), or -ENOENT.
int64_t aura_group_id(const char *name);

/// The text of an errno, such as "Permission denied"; lives for ever.
const char *aura_error_text(int error);

#endif
