/* Fails, or kills the process at, the n-th call of the system that touches a folder.

   Preloaded, it stands before the C library: it counts what is called on files whose path holds
   the folder's name, and writes each call's name and file into a log. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static char folder[4096], journal[1 << 20];
static int fatal, count, chosen, armed;
static size_t used;

/* Watches a folder's files; the call of this number fails, or kills where `dies`; 0 does neither. */
void faults_watch(const char *path, int number, int dies) {
    snprintf(folder, sizeof folder, "%s", path);
    chosen = number, fatal = dies, count = 0, used = 0, journal[0] = 0, armed = 1;
}

/* Returns the calls so far, a line each: what was called, and on which file. */
const char *faults_seen(void) {
    armed = 0;
    return journal;
}

static int falls(const char *call, const char *path) {
    if (!armed || !path || !strstr(path, folder)) return 0;
    count++;
    int written = snprintf(journal + used, sizeof journal - used, "%s %s\n", call, path);
    if (written > 0 && used + (size_t)written < sizeof journal) used += (size_t)written;
    if (count != chosen) return 0;
    if (fatal) kill(getpid(), SIGKILL);
    return 1;
}

static int falls_on(const char *call, int file) {
    char link[64], path[4096];
    if (!armed || file < 0) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return falls(call, path);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define FAIL(with) return errno = (with), -1

#define ON_PATH(result, name, error, parameters, arguments, path)      \
    result name parameters {                                           \
        if (falls(#name, path)) FAIL(error);                           \
        return REAL(name) arguments;                                   \
    }
#define ON_FILE(result, name, error, parameters, arguments)            \
    result name parameters {                                           \
        if (falls_on(#name, file)) FAIL(error);                        \
        return REAL(name) arguments;                                   \
    }
#define OPENS(name)                                                    \
    int name(const char *path, int flags, ...) {                       \
        va_list more;                                                  \
        va_start(more, flags);                                         \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0; \
        va_end(more);                                                  \
        if (falls(#name, path)) FAIL(flags & O_CREAT ? ENOSPC : EACCES); \
        return REAL(name)(path, flags, mode);                          \
    }

OPENS(open)
OPENS(open64)
ON_FILE(ssize_t, read, EIO, (int file, void *into, size_t n), (file, into, n))
ON_FILE(ssize_t, pread, EIO, (int file, void *into, size_t n, off_t at), (file, into, n, at))
ON_FILE(ssize_t, pread64, EIO, (int file, void *into, size_t n, off64_t at), (file, into, n, at))
ON_FILE(ssize_t, write, ENOSPC, (int file, const void *from, size_t n), (file, from, n))
ON_FILE(ssize_t, pwrite, ENOSPC, (int file, const void *from, size_t n, off_t at),
        (file, from, n, at))
ON_FILE(ssize_t, pwrite64, ENOSPC, (int file, const void *from, size_t n, off64_t at),
        (file, from, n, at))
ON_FILE(ssize_t, writev, ENOSPC, (int file, const struct iovec *from, int n), (file, from, n))
ON_FILE(int, ftruncate, EIO, (int file, off_t length), (file, length))
ON_FILE(int, ftruncate64, EIO, (int file, off64_t length), (file, length))
ON_FILE(int, fsync, EIO, (int file), (file))
ON_FILE(int, fdatasync, EIO, (int file), (file))
ON_FILE(int, flock, EINTR, (int file, int how), (file, how))
ON_PATH(int, rename, EACCES, (const char *from, const char *to), (from, to), to)
ON_PATH(int, unlink, EACCES, (const char *path), (path), path)
ON_PATH(int, mkdir, ENOSPC, (const char *path, mode_t mode), (path, mode), path)

#define MAPS(name, offset)                                             \
    void *name(void *to, size_t n, int may, int flags, int file, offset at) { \
        if (falls_on(#name, file)) return errno = ENOMEM, MAP_FAILED;  \
        return REAL(name)(to, n, may, flags, file, at);                \
    }
MAPS(mmap, off_t)
MAPS(mmap64, off64_t)
