#define _GNU_SOURCE
#include "include/aura_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#ifndef SO_PEERGROUPS
#define SO_PEERGROUPS 59
#endif

int aura_unix_socket(int nonblocking) {
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | (nonblocking ? SOCK_NONBLOCK : 0), 0);
    return descriptor < 0 ? -errno : descriptor;
}

size_t aura_unix_path_bytes_max(void) {
    struct sockaddr_un address;
    return sizeof address.sun_path - 1;
}

static int fill_address(struct sockaddr_un *address, const char *path) {
    size_t length = strlen(path);
    if (length == 0) return -ENOENT;
    if (length > sizeof address->sun_path - 1) return -ENAMETOOLONG;
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    memcpy(address->sun_path, path, length);
    return 0;
}

int aura_unix_bind(int descriptor, const char *path) {
    struct sockaddr_un address;
    int filled = fill_address(&address, path);
    if (filled < 0) return filled;
    return bind(descriptor, (struct sockaddr *)&address, sizeof address) < 0 ? -errno : 0;
}

int aura_unix_connect(int descriptor, const char *path) {
    struct sockaddr_un address;
    int filled = fill_address(&address, path);
    if (filled < 0) return filled;
    int result;
    do {
        result = connect(descriptor, (struct sockaddr *)&address, sizeof address);
    } while (result < 0 && errno == EINTR);
    if (result < 0 && errno == EISCONN) return 0;
    return result < 0 ? -errno : 0;
}

int aura_accept(int descriptor) {
    int accepted;
    do {
        accepted = accept4(descriptor, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    } while (accepted < 0 && errno == EINTR);
    return accepted < 0 ? -errno : accepted;
}

int aura_peer_credentials(int descriptor, uint32_t *uid, uint32_t *gid, int32_t *pid) {
    struct ucred credentials;
    socklen_t length = sizeof credentials;
    if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &length) < 0) return -errno;
    if (length != sizeof credentials) return -EINVAL;
    *uid = credentials.uid;
    *gid = credentials.gid;
    *pid = credentials.pid;
    return 0;
}

int aura_peer_groups(int descriptor, uint32_t *groups, uint32_t capacity) {
    socklen_t length = capacity * (socklen_t)sizeof *groups;
    // On ERANGE the kernel has written the length it needs.
    if (getsockopt(descriptor, SOL_SOCKET, SO_PEERGROUPS, groups, &length) < 0 && errno != ERANGE) return -errno;
    return (int)(length / sizeof *groups);
}

int64_t aura_send(int descriptor, const void *bytes, size_t count, int blocking) {
    ssize_t sent;
    do {
        sent = send(descriptor, bytes, count, MSG_NOSIGNAL | (blocking ? 0 : MSG_DONTWAIT));
    } while (sent < 0 && errno == EINTR);
    return sent < 0 ? -errno : sent;
}

int64_t aura_receive(int descriptor, void *bytes, size_t count) {
    ssize_t received;
    do {
        received = recv(descriptor, bytes, count, MSG_DONTWAIT);
    } while (received < 0 && errno == EINTR);
    return received < 0 ? -errno : received;
}

static int integer_option(int descriptor, int option) {
    int value = 0;
    socklen_t length = sizeof value;
    return getsockopt(descriptor, SOL_SOCKET, option, &value, &length) < 0 ? -1 : value;
}

int aura_is_listening_unix_stream(int descriptor) {
    return integer_option(descriptor, SO_DOMAIN) == AF_UNIX && integer_option(descriptor, SO_TYPE) == SOCK_STREAM
        && integer_option(descriptor, SO_ACCEPTCONN) == 1;
}

int aura_set_nonblocking_cloexec(int descriptor) {
    int flags = fcntl(descriptor, F_GETFL);
    if (flags < 0 || fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) < 0) return -errno;
    int descriptor_flags = fcntl(descriptor, F_GETFD);
    if (descriptor_flags < 0 || fcntl(descriptor, F_SETFD, descriptor_flags | FD_CLOEXEC) < 0) return -errno;
    return 0;
}

int aura_file_identity(const char *path, uint64_t *device, uint64_t *inode, int *is_socket, uint32_t *mode) {
    struct stat status;
    if (lstat(path, &status) < 0) return -errno;
    *device = status.st_dev;
    *inode = status.st_ino;
    *is_socket = S_ISSOCK(status.st_mode) ? 1 : 0;
    *mode = status.st_mode & 07777;
    return 0;
}

int aura_open_directory(const char *path) {
    int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return descriptor < 0 ? -errno : descriptor;
}

int aura_try_lock(int descriptor) {
    int result;
    do {
        result = flock(descriptor, LOCK_EX | LOCK_NB);
    } while (result < 0 && errno == EINTR);
    return result < 0 ? -errno : 0;
}

void aura_unlock(int descriptor) { (void)flock(descriptor, LOCK_UN); }

int64_t aura_group_id(const char *name) {
    size_t capacity = 4096;
    for (;;) {
        char *buffer = malloc(capacity);
        if (buffer == NULL) return -ENOMEM;
        struct group entry;
        struct group *found = NULL;
        int error = getgrnam_r(name, &entry, buffer, capacity, &found);
        int64_t result = found != NULL ? (int64_t)entry.gr_gid : -(int64_t)(error != 0 ? error : ENOENT);
        free(buffer);
        if (error != ERANGE || capacity > (1u << 24)) return result;
        capacity *= 2;
    }
}

const char *aura_error_text(int error) {
    const char *text = strerrordesc_np(error);
    return text != NULL ? text : "undocumented error";
}
