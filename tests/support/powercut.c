/* Loaded before libc (LD_PRELOAD): writes down what a process asks of the disk below $POWERCUT_FOLDER, in its order, into
   $POWERCUT_LOG, so that a test can rebuild what a disk holds after the power went. One record: kind, length of the name,
   offset, length of the content (each 8 bytes), name, content. Kinds: w(rite), t(runcate), s(ync), u(nlink), r(ename).
   Memory-mapped files are not seen: SQLite keeps only its index of the log in one, and makes it anew. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
static int log_file = -1;

static int wanted(const char *path) {
    const char *folder = getenv("POWERCUT_FOLDER");
    return folder && path && strncmp(path, folder, strlen(folder)) == 0;
}

static int name_of(int file, char *into) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, into, PATH_MAX - 1);
    if (length <= 0) return 0;
    into[length] = 0;
    return wanted(into);
}

static void put(const void *bytes, size_t length) {
    const char *at = bytes;
    while (length) {
        ssize_t done = REAL(write)(log_file, at, length);
        if (done <= 0) abort();
        at += done;
        length -= (size_t)done;
    }
}

static void note(char kind, const char *name, int64_t offset, const void *content, int64_t length) {
    pthread_mutex_lock(&one_at_a_time);
    if (log_file < 0) log_file = REAL(open)(getenv("POWERCUT_LOG"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    int64_t head[4] = {kind, (int64_t)strlen(name), offset, length};
    put(head, sizeof head);
    put(name, strlen(name));
    if (length) put(content, (size_t)length);
    pthread_mutex_unlock(&one_at_a_time);
}

ssize_t pwrite64(int file, const void *bytes, size_t length, off64_t offset) {
    char name[PATH_MAX];
    ssize_t done = REAL(pwrite64)(file, bytes, length, offset);
    if (done > 0 && name_of(file, name)) note('w', name, offset, bytes, done);
    return done;
}

ssize_t pwrite(int file, const void *bytes, size_t length, off_t offset) {
    char name[PATH_MAX];
    ssize_t done = REAL(pwrite)(file, bytes, length, offset);
    if (done > 0 && name_of(file, name)) note('w', name, offset, bytes, done);
    return done;
}

ssize_t write(int file, const void *bytes, size_t length) {
    char name[PATH_MAX];
    int seen = file > 2 && file != log_file && name_of(file, name);
    ssize_t done = REAL(write)(file, bytes, length);
    if (seen && done > 0) note('w', name, lseek(file, 0, SEEK_CUR) - done, bytes, done);
    return done;
}

int ftruncate64(int file, off64_t length) {
    char name[PATH_MAX];
    int done = REAL(ftruncate64)(file, length);
    if (done == 0 && name_of(file, name)) note('t', name, length, 0, 0);
    return done;
}

int ftruncate(int file, off_t length) {
    char name[PATH_MAX];
    int done = REAL(ftruncate)(file, length);
    if (done == 0 && name_of(file, name)) note('t', name, length, 0, 0);
    return done;
}

static int synced(int file, int done) {
    char name[PATH_MAX];
    if (done == 0 && name_of(file, name)) note('s', name, 0, 0, 0);
    return done;
}

int fsync(int file) { return synced(file, REAL(fsync)(file)); }

int fdatasync(int file) { return synced(file, REAL(fdatasync)(file)); }

int unlink(const char *path) {
    int done = REAL(unlink)(path);
    if (done == 0 && wanted(path)) note('u', path, 0, 0, 0);
    return done;
}

int rename(const char *from, const char *to) {
    int done = REAL(rename)(from, to);
    if (done == 0 && wanted(from)) note('r', from, 0, to, (int64_t)strlen(to));
    return done;
}
