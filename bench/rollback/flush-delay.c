// flush-delay MICROSECONDS COMMAND ARG...: runs a command whose every fsync and fdatasync, and those of all its children, takes so much longer.
//
// The kernel tells this program of each such call before it does it (seccomp user notification), and does it when told to go on. That reaches
// programs that are linked statically too, which a preloaded library would not. Prints the number of flushes it delayed on standard error.

#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { capacity = 4096 }; // calls on hold at a time: one per thread at most

struct held {
  uint64_t id;
  int64_t due; // nanoseconds
};

static void fail(const char *what) {
  perror(what);
  exit(125);
}

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static int listen_to_flushes(void) {
  struct sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fsync, 1, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fdatasync, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = {sizeof code / sizeof code[0], code};
  if (geteuid() != 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) fail("no_new_privs");
  int listener = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
  if (listener < 0) fail("seccomp");
  return listener;
}

union control {
  struct cmsghdr header;
  char bytes[CMSG_SPACE(sizeof(int))];
};

static void send_descriptor(int socket, int descriptor) {
  char byte = 0;
  struct iovec data = {&byte, 1};
  union control control = {.header = {CMSG_LEN(sizeof descriptor), SOL_SOCKET, SCM_RIGHTS}};
  memcpy(CMSG_DATA(&control.header), &descriptor, sizeof descriptor);
  struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  if (sendmsg(socket, &message, 0) < 0) fail("sendmsg");
}

static int receive_descriptor(int socket) {
  char byte;
  struct iovec data = {&byte, 1};
  union control control;
  struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  if (recvmsg(socket, &message, 0) != 1) exit(125); // the child has said why
  int descriptor;
  memcpy(&descriptor, CMSG_DATA(&control.header), sizeof descriptor);
  return descriptor;
}

static void go_on(int listener, uint64_t id) {
  struct seccomp_notif_resp response = {.id = id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};
  if (ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response) != 0 && errno != ENOENT) fail("notification");
}

// Returns the number of flushes, once no process is left that could make one.
static uint64_t delay_flushes(int listener, int64_t delay) {
  static struct held held[capacity];
  uint64_t first = 0, last = 0; // a ring, in the order in which they are due
  for (;;) {
    while (first < last && held[first % capacity].due <= now()) go_on(listener, held[first++ % capacity].id);
    int64_t wait = first < last ? held[first % capacity].due - now() : 1000000000;
    if (wait < 0) wait = 0;
    struct timespec timeout = {wait / 1000000000, wait % 1000000000};
    struct pollfd events = {listener, POLLIN, 0};
    if (ppoll(&events, 1, &timeout, NULL) <= 0) continue;
    if (events.revents & POLLIN && last - first < capacity) {
      struct seccomp_notif notification;
      memset(&notification, 0, sizeof notification);
      if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &notification) == 0)
        held[last++ % capacity] = (struct held){notification.id, now() + delay};
    } else if (events.revents & POLLHUP) {
      return last;
    }
  }
}

int main(int count, char **arguments) {
  if (count < 3) return 125;
  int sockets[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0) fail("socketpair");
  pid_t child = fork();
  if (child < 0) fail("fork");
  if (child == 0) {
    int listener = listen_to_flushes();
    send_descriptor(sockets[1], listener);
    close(listener);
    execvp(arguments[2], arguments + 2);
    fail(arguments[2]);
  }
  close(sockets[1]);
  prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
  uint64_t flushes = delay_flushes(receive_descriptor(sockets[0]), atoll(arguments[1]) * 1000);
  fprintf(stderr, "%llu flushes delayed\n", (unsigned long long)flushes);
  int status;
  if (waitpid(child, &status, 0) < 0) fail("waitpid");
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
