// Memory by the mebibyte for staging: in pages of two mebibytes where the kernel has them, so that appending to
// hundreds of places at once does not miss the processor's page cache at every step.
#ifndef AURA_MEMORY_H
#define AURA_MEMORY_H

#include <stddef.h>

/// Bytes of one large page; sizes asked for are best multiples of it.
#define AURA_LARGE_PAGE 2097152

/// At least `size` bytes, aligned for a large page, with undefined content; NULL when there is no memory. To be given
/// back with free().
void *aura_large_allocate(size_t size);

/// Asks for large pages under `size` bytes at `start` that nothing has been written to yet; bytes at either end that
/// fill no large page keep small ones. A hint.
void aura_large_prepare(void *start, size_t size);

/// Hands pages that nothing lives on any more back to the system. Takes a few milliseconds per ten mebibytes that go, and
/// other threads that want memory from the same part of the heap wait for it.
void aura_memory_give_back(void);

#endif
