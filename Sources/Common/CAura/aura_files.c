#define _GNU_SOURCE
#include "aura_files.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

int aura_rename_noreplace(int from_folder, const char *from, int to_folder, const char *to) {
    if (renameat2(from_folder, from, to_folder, to, RENAME_NOREPLACE) == 0) return 0;
    if (errno != EINVAL && errno != ENOSYS) return -errno;
    // EINVAL is also what a folder moved into itself gives; the plain rename below then says so again.
    struct stat status;
    if (fstatat(to_folder, to, &status, AT_SYMLINK_NOFOLLOW) == 0) return -EEXIST;
    if (errno != ENOENT) return -errno;
    return renameat(from_folder, from, to_folder, to) == 0 ? 0 : -errno;
}

int aura_probe_writer(int fd) {
    // A writer that comes between the two calls below makes the kernel send a signal to the holder of the lease. The
    // default one, SIGIO, would end the process; SIGURG is ignored unless somebody asks for it.
    if (fcntl(fd, F_SETSIG, SIGURG) != 0) return -1;
    if (fcntl(fd, F_SETLEASE, F_RDLCK) == 0) {
        fcntl(fd, F_SETLEASE, F_UNLCK);
        return 0;
    }
    return errno == EAGAIN ? 1 : -1;
}

int aura_clone(int from, int to) {
    return ioctl(to, FICLONE, from) == 0 ? 0 : -errno;
}

const char *aura_errno_name(int number) {
    const char *name = strerrorname_np(number);
    return name ? name : "unlisted";
}

const char *aura_errno_text(int number) {
    const char *text = strerrordesc_np(number);
    return text ? text : "an error without a text";
}
