#define _GNU_SOURCE
#include "aura_memory.h"

#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

void *aura_large_allocate(size_t size) {
    const size_t rounded = (size + AURA_LARGE_PAGE - 1) & ~(size_t)(AURA_LARGE_PAGE - 1);
    void *memory = NULL;
    if (posix_memalign(&memory, AURA_LARGE_PAGE, rounded) != 0) return NULL;
    // A hint only: without large pages the memory is as good, just slower.
    (void)madvise(memory, rounded, MADV_HUGEPAGE);
    return memory;
}

void aura_large_prepare(void *start, size_t size) {
    const uintptr_t mask = AURA_LARGE_PAGE - 1;
    const uintptr_t from = ((uintptr_t)start + mask) & ~mask;
    const uintptr_t to = ((uintptr_t)start + size) & ~mask;
    if (from < to) (void)madvise((void *)from, to - from, MADV_HUGEPAGE);
}

void aura_memory_give_back(void) { (void)malloc_trim(0); }
