// Zstandard as the system installs it; header only, the library is found by pkg-config.
#include <zstd.h>
#include <zstd_errors.h>
