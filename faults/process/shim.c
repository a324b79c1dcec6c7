/* Where strace is missing: the same effect on the calls that a program makes through the C library.
 *
 * Loaded with LD_PRELOAD into the process that forks the children. It does nothing until a child calls faults_begin();
 * then it writes each call as a line in strace's form to a file, and breaks one of them: SIGKILL before it is made
 * (error 0), or an error in its stead. It does not see what the C library calls within itself.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static int log_to = -1, fault_error;
static long fault_number;
static char fault_name[16];
static struct { char name[16]; long number; } counted[16];

void faults_begin(int log, const char *name, long number, int error) {
    strncpy(fault_name, name, sizeof fault_name - 1);
    fault_number = number;
    fault_error = error;
    log_to = log;
}

static long next(const char *name) {
    for (int i = 0; i < 16; i++) {
        if (!counted[i].name[0]) strncpy(counted[i].name, name, sizeof counted[i].name - 1);
        if (!strcmp(counted[i].name, name)) return ++counted[i].number;
    }
    return -1;
}

/* 1 when the call is broken: errno is set and -1 is to be returned. */
static int broken(const char *name, const char *place, int handle, int creates) {
    char path[4096] = "", link[64];
    if (log_to < 0) return 0;
    long number = next(name);
    int hit = number == fault_number && !strcmp(name, fault_name);
    if (hit && !fault_error) kill(getpid(), SIGKILL);
    const char *end = hit ? "-1 (INJECTED)" : "0";
    if (place) {
        dprintf(log_to, "%s(\"%s\"%s) = %s\n", name, place, creates ? ", O_CREAT" : "", end);
    } else {
        snprintf(link, sizeof link, "/proc/self/fd/%d", handle);
        ssize_t length = readlink(link, path, sizeof path - 1);
        if (length > 0) path[length] = 0;
        dprintf(log_to, "%s(%d<%s>) = %s\n", name, handle, path, end);
    }
    if (hit) errno = fault_error;
    return hit;
}

#define REAL(type, name, ...) ((type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name))
#define HANDLE(type, shown, name, parameters, types, arguments) \
    type name parameters { \
        if (broken(shown, 0, handle, 0)) return -1; \
        return ((type(*) types)dlsym(RTLD_NEXT, #name)) arguments; \
    }
#define PATH(shown, name, parameters, types, arguments, place) \
    int name parameters { \
        if (broken(shown, place, -1, 0)) return -1; \
        return ((int(*) types)dlsym(RTLD_NEXT, #name)) arguments; \
    }

HANDLE(ssize_t, "write", write, (int handle, const void *data, size_t size), (int, const void *, size_t), (handle, data, size))
HANDLE(ssize_t, "read", read, (int handle, void *data, size_t size), (int, void *, size_t), (handle, data, size))
HANDLE(ssize_t, "pwrite64", pwrite, (int handle, const void *data, size_t size, off_t at), (int, const void *, size_t, off_t), (handle, data, size, at))
HANDLE(ssize_t, "pwrite64", pwrite64, (int handle, const void *data, size_t size, off64_t at), (int, const void *, size_t, off64_t), (handle, data, size, at))
HANDLE(ssize_t, "pread64", pread, (int handle, void *data, size_t size, off_t at), (int, void *, size_t, off_t), (handle, data, size, at))
HANDLE(ssize_t, "pread64", pread64, (int handle, void *data, size_t size, off64_t at), (int, void *, size_t, off64_t), (handle, data, size, at))
HANDLE(int, "fsync", fsync, (int handle), (int), (handle))
HANDLE(int, "fdatasync", fdatasync, (int handle), (int), (handle))
HANDLE(int, "ftruncate", ftruncate, (int handle, off_t size), (int, off_t), (handle, size))
HANDLE(int, "ftruncate", ftruncate64, (int handle, off64_t size), (int, off64_t), (handle, size))
PATH("rename", rename, (const char *from, const char *to), (const char *, const char *), (from, to), to)
PATH("unlink", unlink, (const char *path), (const char *), (path), path)
PATH("mkdir", mkdir, (const char *path, mode_t mode), (const char *, mode_t), (path, mode), path)
PATH("rmdir", rmdir, (const char *path), (const char *), (path), path)

#define OPEN(name) \
    int name(const char *path, int flags, ...) { \
        va_list more; \
        va_start(more, flags); \
        mode_t mode = flags & O_CREAT ? va_arg(more, mode_t) : 0; \
        va_end(more); \
        if (broken("openat", path, -1, flags & O_CREAT)) return -1; \
        return REAL(int, #name, const char *, int, ...)(path, flags, mode); \
    }
OPEN(open)
OPEN(open64)
