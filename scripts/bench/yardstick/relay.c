/* The yardstick of `sockeye tap`: a single-threaded relay for one target. usage: relay PORT TARGETPORT
   It copies with read and write through buffers of 256 KiB, passes half-close on, and slows a writer whose reader is slow. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define ROOM (256 * 1024)

/* One end of a connection; what it could not write yet waits in its own buffer. */
struct end {
  int fd;
  struct end *other;
  char *waiting;
  size_t from, to;
  int ended; /* its FIN has come */
  int dead;
};

static int ep;
static char shared[ROOM];

static void watch(struct end *e, int op) {
  int readable = !e->ended && e->other->to == 0;
  struct epoll_event ev = {.events = (readable ? EPOLLIN : 0) | (e->to ? EPOLLOUT : 0), .data.ptr = e};
  epoll_ctl(ep, op, e->fd, &ev);
}

static struct end *graveyard[65536];
static int buried;

static void drop(struct end *e) {
  if (e->dead) return;
  struct end *both[] = {e, e->other};
  for (int i = 0; i < 2; i++) {
    both[i]->dead = 1;
    close(both[i]->fd);
    free(both[i]->waiting);
    graveyard[buried++] = both[i];
  }
}

/* Writes to e; what does not fit waits. -1 when the connection is lost. */
static int give(struct end *e, const char *bytes, size_t count) {
  ssize_t done = write(e->fd, bytes, count);
  if (done < 0 && errno != EAGAIN) return -1;
  if (done < 0) done = 0;
  if ((size_t)done == count) return 0;
  if (!e->waiting) e->waiting = malloc(ROOM);
  memcpy(e->waiting, bytes + done, count - done);
  e->from = 0;
  e->to = count - done;
  return 0;
}

static void on_readable(struct end *e) {
  ssize_t count = read(e->fd, shared, ROOM);
  if (count < 0) {
    if (errno != EAGAIN) drop(e);
    return;
  }
  if (count == 0) {
    e->ended = 1;
    shutdown(e->other->fd, SHUT_WR);
    if (e->other->ended) drop(e);
    else watch(e, EPOLL_CTL_MOD);
    return;
  }
  if (give(e->other, shared, count) < 0) return drop(e);
  if (e->other->to) {
    watch(e, EPOLL_CTL_MOD);
    watch(e->other, EPOLL_CTL_MOD);
  }
}

static void on_writable(struct end *e) {
  ssize_t done = write(e->fd, e->waiting + e->from, e->to - e->from);
  if (done < 0) {
    if (errno != EAGAIN) drop(e);
    return;
  }
  e->from += done;
  if (e->from < e->to) return;
  e->from = e->to = 0;
  watch(e, EPOLL_CTL_MOD);
  watch(e->other, EPOLL_CTL_MOD);
}

static void begin(int fd, int port) {
  int one = 1, out = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (out < 0 || connect(out, (void *)&to, sizeof to)) {
    if (out >= 0) close(out);
    close(fd);
    return;
  }
  struct end *a = calloc(1, sizeof *a), *b = calloc(1, sizeof *b);
  *a = (struct end){.fd = fd, .other = b};
  *b = (struct end){.fd = out, .other = a};
  for (int i = 0; i < 2; i++) {
    int f = i ? out : fd;
    setsockopt(f, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    fcntl(f, F_SETFL, O_NONBLOCK);
  }
  watch(a, EPOLL_CTL_ADD);
  watch(b, EPOLL_CTL_ADD);
}

int main(int argc, char **argv) {
  if (argc < 3) return fprintf(stderr, "usage: relay PORT TARGETPORT\n"), 2;
  signal(SIGPIPE, SIG_IGN);
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  ep = epoll_create1(0);
  int one = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  struct sockaddr_in own = {
      .sin_family = AF_INET, .sin_port = htons(atoi(argv[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (bind(listener, (void *)&own, sizeof own) || listen(listener, 4096)) return perror("relay"), 1;
  struct epoll_event ev = {.events = EPOLLIN, .data.ptr = NULL}, events[256];
  epoll_ctl(ep, EPOLL_CTL_ADD, listener, &ev);
  for (;;) {
    int count = epoll_wait(ep, events, 256, -1);
    for (int i = 0; i < count; i++) {
      struct end *e = events[i].data.ptr;
      if (!e) {
        for (int fd; (fd = accept(listener, NULL, NULL)) >= 0;) begin(fd, atoi(argv[2]));
        continue;
      }
      if (e->dead) continue;
      if (events[i].events & EPOLLOUT) on_writable(e);
      if (!e->dead && events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) on_readable(e);
    }
    while (buried > 0) free(graveyard[--buried]);
  }
}
