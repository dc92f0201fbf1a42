// Byte kernels that the Swift code inlines: finding structural characters 64 bytes at a time, and cache hints.
// Everything here is a leaf without state; bounds are the caller's duty and are stated per function.
#ifndef AURA_BYTES_H
#define AURA_BYTES_H

#include <stdint.h>
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/// One bit per byte of the 64 bytes at `p` that equals `delimiter`, a line feed, a double quote or NUL.
/// Reads exactly 64 bytes.
static inline uint64_t aura_structural_mask(const uint8_t *p, uint8_t delimiter) {
#if defined(__SSE2__)
    const __m128i d = _mm_set1_epi8((char)delimiter), n = _mm_set1_epi8('\n'), q = _mm_set1_epi8('"'),
                  z = _mm_setzero_si128();
    uint64_t mask = 0;
    for (int i = 0; i < 4; i++) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + 16 * i));
        __m128i hit = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, d), _mm_cmpeq_epi8(v, n)),
                                   _mm_or_si128(_mm_cmpeq_epi8(v, q), _mm_cmpeq_epi8(v, z)));
        mask |= (uint64_t)(uint32_t)_mm_movemask_epi8(hit) << (16 * i);
    }
    return mask;
#else
    uint64_t mask = 0;
    for (int i = 0; i < 64; i++) {
        uint8_t c = p[i];
        mask |= (uint64_t)(c == delimiter || c == '\n' || c == '"' || c == 0) << i;
    }
    return mask;
#endif
}

/// One bit per byte of the 64 bytes at `p` that is not ASCII. Reads exactly 64 bytes.
static inline uint64_t aura_high_bit_mask(const uint8_t *p) {
#if defined(__SSE2__)
    uint64_t mask = 0;
    for (int i = 0; i < 4; i++) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + 16 * i));
        mask |= (uint64_t)(uint32_t)_mm_movemask_epi8(v) << (16 * i);
    }
    return mask;
#else
    uint64_t mask = 0;
    for (int i = 0; i < 64; i++) mask |= (uint64_t)(p[i] >> 7) << i;
    return mask;
#endif
}

/// Asks the processor to bring the cache line at `p` closer. Any address is allowed.
static inline void aura_prefetch(const void *p) { __builtin_prefetch(p, 0, 3); }

/// Loads that need no alignment.
static inline uint64_t aura_load64(const void *p) { uint64_t x; memcpy(&x, p, 8); return x; }
static inline uint32_t aura_load32(const void *p) { uint32_t x; memcpy(&x, p, 4); return x; }
static inline uint16_t aura_load16(const void *p) { uint16_t x; memcpy(&x, p, 2); return x; }

#endif
