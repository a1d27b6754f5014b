/*
 * Chat: some clients send lines as fast as they can, and each line should reach all clients but its sender.
 * A line of this load ends with `x`, which no line of the room itself does. Output before the first line is ignored.
 */
#include "load.h"
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

/* Lines per write of a sender. */
#define BATCH 64

/* Seconds of silence after which all greetings have arrived, and after which missing lines count as lost. */
#define QUIET 0.3
#define LOST 2.0

#define READ (1024 * 1024)

struct client {
  int fd;
  char last;
  long unsent, sent, lines;
};

static int epoll;
static long size;
static char *batch, *incoming;

/* Reads from a client; returns the number of lines of this load. */
static long receive(struct client *client) {
  ssize_t count = read(client->fd, incoming, READ);
  if (count < 0 && errno == EAGAIN) return 0;
  if (count <= 0) fail("A client was dropped: %s", count < 0 ? strerror(errno) : "end of file");
  long lines = 0;
  for (char *at = incoming; (at = memchr(at, '\n', incoming + count - at)); at++) {
    lines += (at == incoming ? client->last : at[-1]) == 'x';
  }
  client->last = incoming[count - 1];
  client->lines += lines;
  return lines;
}

static void send_lines(struct client *client) {
  long at = client->sent % size, length = size * BATCH - at;
  ssize_t count = write(client->fd, batch + at, length < client->unsent ? length : client->unsent);
  if (count < 0 && errno != EAGAIN) fail("Cannot send a line: %s", strerror(errno));
  if (count > 0) {
    client->unsent -= count;
    client->sent += count;
  }
  if (client->unsent == 0) watch_again(epoll, client->fd, client, 0);
}

/* Handles pending events; returns the number of lines received. *busy is set if any bytes arrived. */
static long handle_events(int *busy) {
  struct epoll_event events[EVENTS];
  long lines = 0;
  int ready = epoll_wait(epoll, events, EVENTS, 50);
  *busy = 0;
  for (int i = 0; i < ready; i++) {
    struct client *client = events[i].data.ptr;
    if (events[i].events & ~EPOLLOUT) {
      *busy = 1;
      lines += receive(client);
    }
    if ((events[i].events & EPOLLOUT) && client->unsent > 0) send_lines(client);
  }
  return lines;
}

static void wait_for_quiet(void) {
  int busy;
  for (double last = now(), start = last; now() - last < QUIET;) {
    handle_events(&busy);
    if (busy) last = now();
    if (now() - start > TIMEOUT) fail("The room was not quiet within %.0f s", TIMEOUT);
  }
}

void chat(char **words) {
  int port = atoi(words[0]), clients = atoi(words[1]), senders = atoi(words[2]), busy;
  long messages = atol(words[3]);
  double seconds = atof(words[5]);
  size = atol(words[4]);
  batch = malloc(size * BATCH);
  incoming = malloc(READ);
  memset(batch, 'x', size * BATCH);
  for (int i = 1; i <= BATCH; i++) batch[i * size - 1] = '\n';
  struct client *all = calloc(clients, sizeof *all);
  epoll = make_epoll();
  for (int i = 0; i < clients; i++) {
    all[i].fd = dial(port, clients);
    watch(epoll, all[i].fd, &all[i], 0);
  }
  wait_for_quiet();
  long wanted = messages * senders * (clients - 1), received = 0;
  begin();
  double start = now(), last = start;
  for (int i = 0; i < senders; i++) {
    all[i].unsent = messages * size;
    watch_again(epoll, all[i].fd, &all[i], 1);
  }
  while (received < wanted && now() - start < seconds) {
    long lines = handle_events(&busy);
    received += lines;
    if (lines > 0) last = now();
    if (now() - last > LOST) fail("%ld of %ld lines were lost", wanted - received, wanted);
  }
  if (received == 0) fail("No line came");
  for (int i = 0; i < clients; i++) {
    long due = messages * (senders - (i < senders));
    if (all[i].lines > due) fail("A client got %ld lines, %ld were due", all[i].lines, due);
  }
  report("\"value\":%.1f,\"work\":%ld,\"share\":%.3f", received / (last - start), received, (double)received / wanted);
}
