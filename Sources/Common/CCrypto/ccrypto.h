// OpenSSL's libcrypto as the system installs it; header only, the library is found by pkg-config.
#include <openssl/evp.h>
