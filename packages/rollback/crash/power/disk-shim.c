// Preloaded into a process: records what it writes below one folder, in order, or makes the n-th such call fail.
//   SHIM_FOLDER    the folder to watch
//   SHIM_LOG       where to record: 'O' open, 'W' write, 'T' truncate, 'U' unlink, 'S' sync, each with the file's name
//   SHIM_FAIL_AT   the call that fails with EIO, counted from 1; 0 or absent: none
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#define MAX_FDS 4096
static char names[MAX_FDS][128]; // the watched file behind each descriptor; empty: not watched
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int log_fd = -2;
static long calls = 0;

static ssize_t (*real_write)(int, const void *, size_t);

static int fails(void) {
  const char *at = getenv("SHIM_FAIL_AT");
  if (at == NULL || atol(at) == 0) return 0;
  pthread_mutex_lock(&lock);
  int now = ++calls == atol(at);
  pthread_mutex_unlock(&lock);
  if (now) errno = EIO;
  return now;
}

static const char *watched(int fd) {
  return fd >= 0 && fd < MAX_FDS && names[fd][0] != 0 ? names[fd] : NULL;
}

static void put(const void *bytes, size_t length) {
  const char *at = bytes;
  while (length > 0) {
    ssize_t put = real_write(log_fd, at, length);
    if (put <= 0) abort();
    at += put;
    length -= put;
  }
}

static void record(char kind, const char *name, uint64_t offset, const void *data, uint64_t length) {
  const char *path = getenv("SHIM_LOG");
  if (path == NULL) return;
  pthread_mutex_lock(&lock);
  if (real_write == NULL) real_write = dlsym(RTLD_NEXT, "write");
  if (log_fd == -2) {
    int (*real_open)(const char *, int, ...) = dlsym(RTLD_NEXT, "open");
    log_fd = real_open(path, O_CREAT | O_WRONLY | O_APPEND, 0600);
  }
  uint32_t name_length = strlen(name);
  char head[21];
  head[0] = kind;
  memcpy(head + 1, &name_length, 4);
  memcpy(head + 5, &offset, 8);
  memcpy(head + 13, &length, 8);
  put(head, sizeof head);
  put(name, name_length);
  if (data != NULL) put(data, length);
  pthread_mutex_unlock(&lock);
}

static void opened(int fd, const char *path) {
  const char *folder = getenv("SHIM_FOLDER");
  if (fd < 0 || fd >= MAX_FDS) return;
  names[fd][0] = 0;
  if (folder == NULL || strncmp(path, folder, strlen(folder)) != 0) return;
  const char *name = strrchr(path, '/') + 1;
  if (strstr(name, "-shm") != NULL || strstr(name, ".lock") != NULL) return;
  snprintf(names[fd], sizeof names[fd], "%s", name);
  record('O', name, 0, NULL, 0);
}

#define OPEN(symbol)                                                        \
  int symbol(const char *path, int flags, ...) {                           \
    int (*real)(const char *, int, ...) = dlsym(RTLD_NEXT, #symbol);       \
    va_list rest;                                                           \
    va_start(rest, flags);                                                  \
    mode_t mode = va_arg(rest, mode_t);                                     \
    va_end(rest);                                                           \
    const char *folder = getenv("SHIM_FOLDER");                             \
    if (folder != NULL && strncmp(path, folder, strlen(folder)) == 0 && fails()) return -1; \
    int fd = real(path, flags, mode);                                       \
    opened(fd, path);                                                       \
    return fd;                                                              \
  }
OPEN(open)
OPEN(open64)

int unlink(const char *path) {
  int (*real)(const char *) = dlsym(RTLD_NEXT, "unlink");
  const char *folder = getenv("SHIM_FOLDER");
  int done = real(path);
  if (done == 0 && folder != NULL && strncmp(path, folder, strlen(folder)) == 0) record('U', strrchr(path, '/') + 1, 0, NULL, 0);
  return done;
}

int close(int fd) {
  int (*real)(int) = dlsym(RTLD_NEXT, "close");
  if (fd >= 0 && fd < MAX_FDS) names[fd][0] = 0;
  return real(fd);
}

#define PWRITE(symbol, offset_type)                                         \
  ssize_t symbol(int fd, const void *data, size_t length, offset_type offset) { \
    ssize_t (*real)(int, const void *, size_t, offset_type) = dlsym(RTLD_NEXT, #symbol); \
    const char *name = watched(fd);                                         \
    if (name != NULL && fails()) return -1;                                 \
    ssize_t done = real(fd, data, length, offset);                          \
    if (name != NULL && done > 0) record('W', name, offset, data, done);    \
    return done;                                                            \
  }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

ssize_t write(int fd, const void *data, size_t length) {
  if (real_write == NULL) real_write = dlsym(RTLD_NEXT, "write");
  const char *name = watched(fd);
  int mark = name != NULL && strcmp(name, "acknowledged") == 0;
  if (name != NULL && !mark && fails()) return -1;
  ssize_t done = real_write(fd, data, length);
  if (name != NULL && done > 0) record('W', name, lseek(fd, 0, SEEK_CUR) - done, data, done);
  return done;
}

#define SYNC(symbol)                                                        \
  int symbol(int fd) {                                                      \
    int (*real)(int) = dlsym(RTLD_NEXT, #symbol);                           \
    const char *name = watched(fd);                                         \
    if (name != NULL && fails()) return -1;                                 \
    int done = real(fd);                                                    \
    if (name != NULL && done == 0) record('S', name, 0, NULL, 0);           \
    return done;                                                            \
  }
SYNC(fsync)
SYNC(fdatasync)

#define TRUNCATE(symbol, offset_type)                                       \
  int symbol(int fd, offset_type size) {                                    \
    int (*real)(int, offset_type) = dlsym(RTLD_NEXT, #symbol);              \
    const char *name = watched(fd);                                         \
    if (name != NULL && fails()) return -1;                                 \
    int done = real(fd, size);                                              \
    if (name != NULL && done == 0) record('T', name, size, NULL, 0);        \
    return done;                                                            \
  }
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)
