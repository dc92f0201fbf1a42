// Byte kernels that the Swift code inlines: finding structural characters 64 bytes at a time, and cache hints.
// Everything here is a leaf without state; bounds are the caller's duty and are stated per function.
#ifndef AURA_BYTES_H
#define AURA_BYTES_H

#include <stdint.h>
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/// One bit per byte of the 64 bytes at `p` that equals `delimiter`, `line_end`, a double quote or NUL.
/// Reads exactly 64 bytes.
static inline uint64_t aura_structural_mask(const uint8_t *p, uint8_t delimiter, uint8_t line_end) {
#if defined(__SSE2__)
    const __m128i d = _mm_set1_epi8((char)delimiter), n = _mm_set1_epi8((char)line_end), q = _mm_set1_epi8('"'),
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
        mask |= (uint64_t)(c == delimiter || c == line_end || c == '"' || c == 0) << i;
    }
    return mask;
#endif
}

/// Whether a value of delimited text may begin or end with a blank, or begin as a word for nothing (`NULL`, `None`, `-`, `\N`, …)
/// does: looks at the bytes beside `delimiter`, line ends and quotes. May say yes where there is none, never no where there is one.
/// Reads `count` bytes at `p` and up to 63 behind them.
static inline int aura_has_untidy_edges(const uint8_t *p, uint64_t count, uint8_t delimiter) {
#if defined(__SSE2__)
    const __m128i d = _mm_set1_epi8((char)delimiter), n = _mm_set1_epi8('\n'), r = _mm_set1_epi8('\r'),
                  q = _mm_set1_epi8('"'), s = _mm_set1_epi8(' '), t = _mm_set1_epi8('\t'), low = _mm_set1_epi8(0x20),
                  w = _mm_set1_epi8('n'), m = _mm_set1_epi8('-'), b = _mm_set1_epi8('\\'), l = _mm_set1_epi8('<'),
                  h = _mm_set1_epi8('#');
#endif
    // The first byte begins a value.
    uint64_t edge_before = 1, blank_before = 0;
    for (uint64_t at = 0; at < count; at += 64) {
        uint64_t edge = 0, blank = 0, word = 0;
#if defined(__SSE2__)
        for (int i = 0; i < 4; i++) {
            __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + at + 16 * i));
            __m128i isEdge = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, d), _mm_cmpeq_epi8(v, n)),
                                          _mm_or_si128(_mm_cmpeq_epi8(v, q), _mm_cmpeq_epi8(v, r)));
            __m128i isBlank = _mm_or_si128(_mm_cmpeq_epi8(v, s), _mm_cmpeq_epi8(v, t));
            __m128i isWord =
                _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(_mm_or_si128(v, low), w), _mm_cmpeq_epi8(v, m)),
                             _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, b), _mm_cmpeq_epi8(v, l)), _mm_cmpeq_epi8(v, h)));
            edge |= (uint64_t)(uint32_t)_mm_movemask_epi8(isEdge) << (16 * i);
            blank |= (uint64_t)(uint32_t)_mm_movemask_epi8(isBlank) << (16 * i);
            word |= (uint64_t)(uint32_t)_mm_movemask_epi8(isWord) << (16 * i);
        }
#else
        for (int i = 0; i < 64; i++) {
            uint8_t c = p[at + i];
            edge |= (uint64_t)(c == delimiter || c == '\n' || c == '"' || c == '\r') << i;
            blank |= (uint64_t)(c == ' ' || c == '\t') << i;
            word |= (uint64_t)((c | 0x20) == 'n' || c == '-' || c == '\\' || c == '<' || c == '#') << i;
        }
#endif
        // A tab that delimits is no blank.
        blank &= ~edge;
        if (((edge << 1 | edge_before) & (blank | word)) | ((blank << 1 | blank_before) & edge)) return 1;
        edge_before = edge >> 63;
        blank_before = blank >> 63;
    }
    // What ends with the text ends a value.
    uint8_t last = count > 0 ? p[count - 1] : 0;
    return last == ' ' || (last == '\t' && delimiter != '\t');
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
