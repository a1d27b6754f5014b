/* load: runs one load against a server on loopback. `load NAME WORDS...`; the table at the end lists the words. */
#define _GNU_SOURCE
#include "load.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/* Connections from one source address before the next is used; the system has 28,000 ports for each. */
#define PER_SOURCE 4096
#define SOURCES 200

/* Microseconds of pause after each connection; with more than DIALS connections the pauses are shorter. */
#define DIAL_MICROSECONDS 500
#define DIALS 1000

double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

void fail(const char *format, ...) {
  va_list values;
  va_start(values, format);
  printf("{\"error\":\"");
  vprintf(format, values);
  printf("\"}\n");
  va_end(values);
  exit(1);
}

void begin(void) {
  printf("{\"begun\":1}\n");
  fflush(stdout);
}

void report(const char *format, ...) {
  va_list values;
  va_start(values, format);
  printf("{");
  vprintf(format, values);
  printf("}\n");
  va_end(values);
  fflush(stdout);
  getchar();
}

struct sockaddr_in loopback(int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

static int open_socket(int flags) {
  int on = 1;
  int fd = socket(AF_INET, SOCK_STREAM | flags, 0);
  if (fd < 0) fail("Cannot open a socket: %s", strerror(errno));
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

int dial(int port, int total) {
  static double first;
  struct sockaddr_in address = loopback(port);
  struct timeval timeout = {.tv_sec = (long)TIMEOUT};
  int fd = open_socket(0);
  if (first == 0) first = now();
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
  int failed = connect(fd, (void *)&address, sizeof address);
  if (now() - first > TIMEOUT) fail("It did not take all connections in %.0f s", TIMEOUT);
  if (failed) fail("Cannot connect: %s", strerror(errno));
  fcntl(fd, F_SETFL, O_NONBLOCK);
  usleep(total > DIALS ? DIALS * DIAL_MICROSECONDS / total : DIAL_MICROSECONDS);
  return fd;
}

int source_socket(long nth) {
  int on = 1;
  int fd = open_socket(SOCK_NONBLOCK);
  struct sockaddr_in source = loopback(0);
  source.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + nth / PER_SOURCE % SOURCES);
  setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  if (bind(fd, (void *)&source, sizeof source)) fail("Cannot bind: %s", strerror(errno));
  return fd;
}

int make_epoll(void) {
  int epoll = epoll_create1(0);
  if (epoll < 0) fail("Cannot make an epoll: %s", strerror(errno));
  return epoll;
}

static void control(int epoll, int what, int fd, void *of, int writes) {
  struct epoll_event event = {.events = EPOLLIN | (writes ? EPOLLOUT : 0), .data.ptr = of};
  if (epoll_ctl(epoll, what, fd, &event)) fail("Cannot watch a socket: %s", strerror(errno));
}

void watch(int epoll, int fd, void *of, int writes) { control(epoll, EPOLL_CTL_ADD, fd, of, writes); }

void watch_again(int epoll, int fd, void *of, int writes) { control(epoll, EPOLL_CTL_MOD, fd, of, writes); }

/* Buckets per doubling of the time. */
#define STEPS 32
static long buckets[64 * STEPS];

void record_time(double seconds) {
  unsigned long nanos = seconds < 0 ? 0 : (unsigned long)(seconds * 1e9);
  if (nanos < STEPS) nanos = STEPS;
  int doubling = 63 - __builtin_clzl(nanos);
  buckets[doubling * STEPS + (int)((nanos >> (doubling - 5)) & (STEPS - 1))]++;
}

double time_at_share(double share) {
  long all = 0, below = 0;
  for (int i = 0; i < 64 * STEPS; i++) all += buckets[i];
  for (int i = 0; i < 64 * STEPS; i++) {
    below += buckets[i];
    if (below > 0 && below >= share * all) return (1UL << (i / STEPS)) * (1 + (i % STEPS + 1.0) / STEPS) / 1e3;
  }
  return 0;
}

/* Raises the limit of descriptors to the maximum of this process. */
static void raise_limit(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit)) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

static const struct {
  const char *name, *words;
  int count;
  void (*run)(char **words);
} LOADS[] = {
    {"ping", "PORT CONNECTIONS PLAYING WARM SECONDS SIZE", 6, ping},
    {"ws", "PORT CONNECTIONS PLAYING WARM SECONDS SIZE", 6, ws},
    {"stream", "PORT CONNECTIONS WARM SECONDS CHUNK", 5, stream},
    {"idle", "PORT CONNECTIONS", 2, idle},
    {"churn", "PORT AT-A-TIME WARM SECONDS SIZE", 5, churn},
    {"chat", "PORT CLIENTS SENDERS MESSAGES SIZE SECONDS", 6, chat},
    {"room", "PORT[,PORT...] CLIENTS SENDERS LINES RATE SIZE", 6, room},
    {"udp", "PORT WINDOW WARM SECONDS SIZE", 5, udp},
    {"get", "PORT BYTES FILE", 3, get},
    {"spawn", "TIMES BYTES FILE COMMAND...", 4, spawn},
};

int main(int count, char **words) {
  signal(SIGPIPE, SIG_IGN);
  raise_limit();
  for (unsigned i = 0; i < sizeof LOADS / sizeof *LOADS; i++) {
    if (count < 2 || strcmp(words[1], LOADS[i].name) != 0) continue;
    if (count - 2 < LOADS[i].count) fail("Usage: load %s %s", LOADS[i].name, LOADS[i].words);
    LOADS[i].run(words + 2);
    return 0;
  }
  fail("No such load: %s", count < 2 ? "none was named" : words[1]);
}
