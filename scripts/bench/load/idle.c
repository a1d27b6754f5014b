/* Idle connections: all are opened at once, each gets one line echoed; they stay until standard input says so, then leave. */
#include "load.h"
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

static const char LINE[] = "hello\n";
#define LENGTH ((int)sizeof LINE - 1)

struct guest {
  int fd;
  int asked, got;
};

/* Whether it has just been answered. */
static int meet(int epoll, struct guest *guest, unsigned events) {
  char answer[LENGTH];
  if (!guest->asked && (events & EPOLLOUT)) {
    if (write(guest->fd, LINE, LENGTH) != LENGTH) fail("Cannot send a line: %s", strerror(errno));
    guest->asked = 1;
    watch_again(epoll, guest->fd, guest, 0);
  }
  if (!(events & ~EPOLLOUT)) return 0;
  ssize_t count = read(guest->fd, answer, LENGTH - guest->got);
  if (count < 0 && errno == EAGAIN) return 0;
  if (count <= 0) fail("A connection ended: %s", count < 0 ? strerror(errno) : "end of file");
  guest->got += count;
  return guest->got == LENGTH;
}

void idle(char **words) {
  int port = atoi(words[0]), connections = atoi(words[1]), echoed = 0;
  struct guest *guests = calloc(connections, sizeof *guests);
  struct sockaddr_in address = loopback(port);
  struct epoll_event events[EVENTS];
  int epoll = make_epoll();
  begin();
  double start = now();
  for (int i = 0; i < connections; i++) {
    guests[i].fd = source_socket(i);
    if (connect(guests[i].fd, (void *)&address, sizeof address) && errno != EINPROGRESS) {
      fail("Cannot connect: %s", strerror(errno));
    }
    watch(epoll, guests[i].fd, &guests[i], 1);
  }
  while (echoed < connections && now() - start < PATIENCE) {
    int ready = epoll_wait(epoll, events, EVENTS, 100);
    for (int i = 0; i < ready; i++) echoed += meet(epoll, events[i].data.ptr, events[i].events);
  }
  double took = now() - start;
  if (echoed < connections) fail("%d of %d connections were not answered in %.0f s", connections - echoed, connections, PATIENCE);
  report("\"value\":%.4f,\"work\":%d", took, echoed);
  for (int i = 0; i < connections; i++) close(guests[i].fd);
  report("\"left\":%d", connections);
}
