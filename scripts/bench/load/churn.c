/* Churn: connect, send, read the echo, close, and repeat, with a fixed number of concurrent connections. */
#include "load.h"
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

struct connection {
  int fd;
  int sent, got;
  double start;
};

static struct sockaddr_in address;
static char message[65536];
static int epoll, size;
static long opened;

static void open_connection(struct connection *connection) {
  *connection = (struct connection){.fd = source_socket(opened++), .start = now()};
  if (connect(connection->fd, (void *)&address, sizeof address) && errno != EINPROGRESS) {
    fail("Cannot connect: %s", strerror(errno));
  }
  watch(epoll, connection->fd, connection, 1);
}

/* Handles events of a connection; returns 1 when the echo is complete and the connection closed. */
static int handle_events(struct connection *connection, unsigned events) {
  char answer[65536];
  if (!connection->sent && (events & EPOLLOUT)) {
    if (write(connection->fd, message, size) != size) fail("Cannot send a message: %s", strerror(errno));
    connection->sent = 1;
    watch_again(epoll, connection->fd, connection, 0);
  }
  if (!(events & ~EPOLLOUT)) return 0;
  ssize_t count = read(connection->fd, answer, size - connection->got);
  if (count < 0 && errno == EAGAIN) return 0;
  if (count <= 0) fail("A connection ended: %s", count < 0 ? strerror(errno) : "end of file");
  connection->got += count;
  if (connection->got < size) return 0;
  close(connection->fd);
  return 1;
}

void churn(char **words) {
  int at_a_time = atoi(words[1]);
  double warm = atof(words[2]), seconds = atof(words[3]);
  size = atoi(words[4]);
  if (size > (int)sizeof message) fail("A message is 64 KiB at most");
  memset(message, 'x', size);
  address = loopback(atoi(words[0]));
  struct connection *connections = calloc(at_a_time, sizeof *connections);
  struct epoll_event events[EVENTS];
  epoll = make_epoll();
  begin();
  for (int i = 0; i < at_a_time; i++) open_connection(&connections[i]);
  double from = now() + warm, end = from + seconds;
  long all = 0, counted = 0;
  while (now() < end) {
    int ready = epoll_wait(epoll, events, EVENTS, 100);
    for (int i = 0; i < ready; i++) {
      struct connection *connection = events[i].data.ptr;
      if (!handle_events(connection, events[i].events)) continue;
      double time = now();
      all++;
      if (time >= from) {
        counted++;
        record_time(time - connection->start);
      }
      open_connection(connection);
    }
  }
  if (counted == 0) fail("No connection was answered in %.1f s", warm + seconds);
  report("\"value\":%.1f,\"work\":%ld,\"p50\":%.1f,\"p99\":%.1f", counted / (now() - from), all, time_at_share(0.5),
         time_at_share(0.99));
}
