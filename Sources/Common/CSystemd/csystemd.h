// libsystemd as this product uses it: the journal's native protocol and the service manager's notifications.
#ifndef AURA_CSYSTEMD_H
#define AURA_CSYSTEMD_H

// The place in the code is told by the fields of the entry, not by the line of the call into the library: without
// this the header wraps the sending functions in macros, which Swift cannot call.
#define SD_JOURNAL_SUPPRESS_LOCATION

#include <systemd/sd-daemon.h>
#include <systemd/sd-journal.h>

#endif
