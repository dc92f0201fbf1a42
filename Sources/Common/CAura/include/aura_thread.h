// Threads that work only when nobody else wants the processor.
#ifndef AURA_THREAD_H
#define AURA_THREAD_H

/// Runs `body(context)` on a detached thread of its own under the scheduling policy for idle work; where the system does
/// not allow that policy, with the lowest priority. `name` is shown by process tools, at most 15 bytes of it.
/// Returns 0, or -errno when no thread could be made; `body` is not called then.
int aura_start_idle_thread(const char *name, void (*body)(void *), void *context);

#endif
