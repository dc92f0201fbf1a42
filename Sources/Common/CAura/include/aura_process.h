// What a daemon arranges for its own process and cannot reach from Swift: variadic calls.
#ifndef AURA_PROCESS_H
#define AURA_PROCESS_H

/// No core file of this process, be it written by the kernel or by a helper, and nobody but root may trace it or read
/// its memory through /proc. 0, or the negated error number.
int aura_keep_memory_private(void);

#endif
