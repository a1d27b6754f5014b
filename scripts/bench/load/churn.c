/* Churn: connect, send, read the echo, close, and again; a fixed number of connections is under way at any time. */
#include "load.h"
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

struct visit {
  int fd;
  int asked, got;
  double start;
};

static struct sockaddr_in address;
static char message[65536];
static int epoll, size;
static long opened;

static void enter(struct visit *visit) {
  *visit = (struct visit){.fd = source_socket(opened++), .start = now()};
  if (connect(visit->fd, (void *)&address, sizeof address) && errno != EINPROGRESS) {
    fail("Cannot connect: %s", strerror(errno));
  }
  watch(epoll, visit->fd, visit, 1);
}

/* Whether the visit is over. */
static int go_on(struct visit *visit, unsigned events) {
  char answer[65536];
  if (!visit->asked && (events & EPOLLOUT)) {
    if (write(visit->fd, message, size) != size) fail("Cannot send a message: %s", strerror(errno));
    visit->asked = 1;
    watch_again(epoll, visit->fd, visit, 0);
  }
  if (!(events & ~EPOLLOUT)) return 0;
  ssize_t count = read(visit->fd, answer, size - visit->got);
  if (count < 0 && errno == EAGAIN) return 0;
  if (count <= 0) fail("A connection ended: %s", count < 0 ? strerror(errno) : "end of file");
  visit->got += count;
  if (visit->got < size) return 0;
  close(visit->fd);
  return 1;
}

void churn(char **words) {
  int at_a_time = atoi(words[1]);
  double warm = atof(words[2]), seconds = atof(words[3]);
  size = atoi(words[4]);
  if (size > (int)sizeof message) fail("A message is 64 KiB at most");
  memset(message, 'x', size);
  address = loopback(atoi(words[0]));
  struct visit *visits = calloc(at_a_time, sizeof *visits);
  struct epoll_event events[EVENTS];
  epoll = make_epoll();
  begin();
  for (int i = 0; i < at_a_time; i++) enter(&visits[i]);
  double from = now() + warm, end = from + seconds;
  long all = 0, counted = 0;
  while (now() < end) {
    int ready = epoll_wait(epoll, events, EVENTS, 100);
    for (int i = 0; i < ready; i++) {
      struct visit *visit = events[i].data.ptr;
      if (!go_on(visit, events[i].events)) continue;
      double time = now();
      all++;
      if (time >= from) {
        counted++;
        note_time(time - visit->start);
      }
      enter(visit);
    }
  }
  if (counted == 0) fail("No connection was answered in %.1f s", warm + seconds);
  report("\"value\":%.1f,\"work\":%ld,\"p50\":%.1f,\"p99\":%.1f", counted / (now() - from), all, noted_share(0.5),
         noted_share(0.99));
}
