/* Idle: opens all connections at once, waits for the echo of one line on each, and closes all after a byte on stdin. */
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

struct connection {
  int fd;
  int sent, got;
};

/* Handles events of a connection; returns 1 when its echo is complete. */
static int handle_events(int epoll, struct connection *connection, unsigned events) {
  char answer[LENGTH];
  if (!connection->sent && (events & EPOLLOUT)) {
    if (write(connection->fd, LINE, LENGTH) != LENGTH) fail("Cannot send a line: %s", strerror(errno));
    connection->sent = 1;
    watch_again(epoll, connection->fd, connection, 0);
  }
  if (!(events & ~EPOLLOUT)) return 0;
  ssize_t count = read(connection->fd, answer, LENGTH - connection->got);
  if (count < 0 && errno == EAGAIN) return 0;
  if (count <= 0) fail("A connection ended: %s", count < 0 ? strerror(errno) : "end of file");
  connection->got += count;
  return connection->got == LENGTH;
}

void idle(char **words) {
  int port = atoi(words[0]), count = atoi(words[1]), echoed = 0;
  struct connection *connections = calloc(count, sizeof *connections);
  struct sockaddr_in address = loopback(port);
  struct epoll_event events[EVENTS];
  int epoll = make_epoll();
  begin();
  double start = now();
  for (int i = 0; i < count; i++) {
    connections[i].fd = source_socket(i);
    if (connect(connections[i].fd, (void *)&address, sizeof address) && errno != EINPROGRESS) {
      fail("Cannot connect: %s", strerror(errno));
    }
    watch(epoll, connections[i].fd, &connections[i], 1);
  }
  while (echoed < count && now() - start < TIMEOUT) {
    int ready = epoll_wait(epoll, events, EVENTS, 100);
    for (int i = 0; i < ready; i++) echoed += handle_events(epoll, events[i].data.ptr, events[i].events);
  }
  double took = now() - start;
  if (echoed < count) fail("%d of %d connections were not answered in %.0f s", count - echoed, count, TIMEOUT);
  report("\"value\":%.4f,\"work\":%d", took, echoed);
  for (int i = 0; i < count; i++) close(connections[i].fd);
  report("\"left\":%d", count);
}
