#define _GNU_SOURCE
#include "aura_process.h"

#include <errno.h>
#include <sys/prctl.h>
#include <sys/resource.h>

int aura_keep_memory_private(void)
{
    // The limit alone does not hold back a helper that the kernel pipes cores to; the flag does both.
    struct rlimit none = {0, 0};
    if (setrlimit(RLIMIT_CORE, &none) != 0)
        return -errno;
    if (prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L) != 0)
        return -errno;
    return 0;
}
