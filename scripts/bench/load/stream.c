/* Stream: each connection sends chunks and reads their echo, as fast as possible; in the end all bytes must be back. */
#include "load.h"
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

/* Bytes per read, and reads of a connection before the next one is served. */
#define READ (256 * 1024)
#define READS 4

struct pipe_end {
  int fd;
  long sent, got;
};

/* Seconds without a byte after which the server counts as stalled. */
#define STALLED 1.0

static double last;
static int epoll, sending = 1;
static long chunk;
static char *outgoing, *incoming;

/* Reads from a connection; returns the number of bytes. */
static long receive(struct pipe_end *end) {
  long all = 0;
  for (int i = 0; i < READS; i++) {
    ssize_t count = read(end->fd, incoming, READ);
    if (count < 0 && errno == EAGAIN) break;
    if (count <= 0) fail("A connection ended: %s", count < 0 ? strerror(errno) : "end of file");
    all += count;
    if (count < READ) break;
  }
  end->got += all;
  if (all > 0) last = now();
  if (end->got > end->sent) fail("More came back than was sent");
  return all;
}

static void send_chunk(struct pipe_end *end) {
  ssize_t count = write(end->fd, outgoing, chunk);
  if (count > 0) end->sent += count;
  else if (errno != EAGAIN) fail("Cannot send: %s", strerror(errno));
}

/* Handles pending events; returns the number of bytes received. */
static long handle_events(void) {
  struct epoll_event events[EVENTS];
  long bytes = 0;
  int ready = epoll_wait(epoll, events, EVENTS, 100);
  for (int i = 0; i < ready; i++) {
    struct pipe_end *end = events[i].data.ptr;
    if (events[i].events & ~EPOLLOUT) bytes += receive(end);
    if (sending && (events[i].events & EPOLLOUT)) send_chunk(end);
  }
  return bytes;
}

void stream(char **words) {
  int port = atoi(words[0]), connections = atoi(words[1]);
  double warm = atof(words[2]), seconds = atof(words[3]);
  chunk = atol(words[4]);
  outgoing = malloc(chunk);
  incoming = malloc(READ);
  memset(outgoing, 'x', chunk);
  struct pipe_end *ends = calloc(connections, sizeof *ends);
  epoll = make_epoll();
  for (int i = 0; i < connections; i++) {
    ends[i].fd = dial(port, connections);
    watch(epoll, ends[i].fd, &ends[i], 1);
  }
  begin();
  double from = now() + warm, stop = from + seconds;
  last = now();
  long all = 0, counted = 0, left = 0;
  while (now() < from) all += handle_events();
  from = now();
  while (now() < stop) counted += handle_events();
  double took = now() - from;
  sending = 0;
  for (int i = 0; i < connections; i++) {
    watch_again(epoll, ends[i].fd, &ends[i], 0);
    left += ends[i].sent - ends[i].got;
    if (ends[i].got == 0) fail("A connection got nothing back");
  }
  all += counted + left;
  for (double end = now() + TIMEOUT; left > 0 && now() < end && now() - last < STALLED;) left -= handle_events();
  if (left > 0) fail("%ld bytes never came back", left);
  report("\"value\":%.2f,\"work\":%.3f", counted / took / 1e6, all / 65536.0);
}
