/*
 * Room: a chat on one or several servers. All clients connect, then some send a number of lines, at a rate or (0) as
 * fast as possible. Reports the time to connect, the time to deliver all lines, and delays: of each delivery, and of the
 * last delivery of each line.
 */
#include "load.h"
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* Connections being opened at a time, and most ports. */
#define DIALLING 500
#define PORTS 16
/* Seconds: silence after which all greetings have arrived, limit of each phase, silence after which lines are lost. */
#define QUIET 0.5
#define PHASE 200.0
#define LOST 5.0

#define READ (256 * 1024)
#define LONGEST 1024
/* Bytes before the line itself: the sender's name. */
#define BEFORE 64

struct client {
  int fd, here, held;
  long sent;
  char rest[LONGEST + BEFORE];
};

static struct client *all;
static int epoll, clients, senders, here;
static long size, lines, heard, *arrived;
static double rate, start, *last;
static char *incoming;

/* Records a line of this load: `#`, its number, its time in microseconds from the start, and padding up to the size. */
static void record_line(const char *at, const char *end) {
  const char *mark = memchr(at, '#', end - at);
  if (!mark || start == 0) return;
  char *next;
  long nth = strtol(mark + 1, &next, 10);
  double late = now() - start - strtol(next, &next, 10) / 1e6;
  if (nth < 0 || nth >= lines) return;
  heard++;
  record_time(late);
  if (++arrived[nth] == clients - 1) last[nth] = late;
}

static void receive(struct client *client) {
  memcpy(incoming, client->rest, client->held);
  ssize_t count = read(client->fd, incoming + client->held, READ);
  if (count < 0 && (errno == EAGAIN || errno == EINPROGRESS)) return;
  if (count <= 0) fail("A client was dropped: %s", count < 0 ? strerror(errno) : "end of file");
  if (!client->here) {
    client->here = 1;
    here++;
  }
  char *at = incoming, *end = incoming + client->held + count, *next;
  for (; (next = memchr(at, '\n', end - at)); at = next + 1) record_line(at, next);
  client->held = end - at;
  if (client->held > (int)sizeof client->rest) fail("A line is too long");
  memcpy(client->rest, at, client->held);
}

/* Sends the next line of a client; returns 0 if there is none, or the socket's buffer is full. */
static int send_line(int nth) {
  struct client *client = &all[nth];
  static char line[LONGEST];
  long number = client->sent * senders + nth;
  if (number >= lines) return 0;
  int length = snprintf(line, sizeof line, "#%ld %ld ", number, (long)((now() - start) * 1e6));
  if (length < size) memset(line + length, 'x', size - length);
  line[size - 1] = '\n';
  ssize_t count = write(client->fd, line, size);
  if (count < 0 && errno == EAGAIN) return 0;
  if (count != size) fail("Cannot send a line: %s", count < 0 ? strerror(errno) : "only a part went");
  client->sent++;
  return 1;
}

static int handle_events(int wait) {
  struct epoll_event events[EVENTS];
  int ready = epoll_wait(epoll, events, EVENTS, wait);
  for (int i = 0; i < ready; i++) receive(events[i].data.ptr);
  return ready > 0;
}

static double connect_all(const int *ports, int count) {
  double first = now(), busy = first;
  for (int i = 0; i < clients;) {
    if (i - here < DIALLING) {
      struct sockaddr_in address = loopback(ports[i % count]);
      all[i].fd = source_socket(i);
      if (connect(all[i].fd, (void *)&address, sizeof address) && errno != EINPROGRESS) {
        fail("Cannot connect: %s", strerror(errno));
      }
      watch(epoll, all[i].fd, &all[i], 0);
      i++;
      handle_events(0);
    } else handle_events(10);
    if (now() - first > PHASE) fail("%d of %d were taken in %.0f s", here, clients, PHASE);
  }
  for (busy = now(); here < clients || now() - busy < QUIET;) {
    if (handle_events(10)) busy = now();
    if (now() - first > PHASE) fail("The room was not quiet within %.0f s", PHASE);
  }
  return busy - first;
}

static int ascending(const void *one, const void *other) {
  double a = *(const double *)one, b = *(const double *)other;
  return (a > b) - (a < b);
}

void room(char **words) {
  int ports[PORTS], count = 0;
  for (char *word = strtok(words[0], ","); word && count < PORTS; word = strtok(NULL, ",")) ports[count++] = atoi(word);
  clients = atoi(words[1]);
  senders = atoi(words[2]);
  lines = atol(words[3]);
  rate = atof(words[4]);
  size = atol(words[5]);
  if (size < 32 || size > LONGEST || senders > clients || clients < 2) fail("Lines have 32 to %d bytes", LONGEST);
  all = calloc(clients, sizeof *all);
  arrived = calloc(lines, sizeof *arrived);
  last = calloc(lines, sizeof *last);
  incoming = malloc(READ + sizeof all->rest);
  epoll = make_epoll();
  double came = connect_all(ports, count);
  begin();
  getchar();
  long sent = 0, before = 0, wanted = lines * (clients - 1);
  double received_at = start = now();
  while (heard < wanted) {
    if (rate > 0) {
      for (; sent < lines && sent < (now() - start) * rate; sent++) {
        if (!send_line(sent % senders)) fail("A line was not taken at this rate");
      }
    } else {
      for (int i = 0; i < senders; i++) sent += send_line(i);
    }
    handle_events(rate > 0 ? 1 : 0);
    if (heard > before) received_at = now();
    before = heard;
    if (now() - received_at > LOST && sent == lines) fail("%ld of %ld lines were lost", wanted - heard, wanted);
    if (now() - start > PHASE) fail("%ld of %ld lines came in %.0f s", heard, wanted, PHASE);
  }
  qsort(last, lines, sizeof *last, ascending);
  report("\"came\":%.2f,\"seconds\":%.3f,\"heard\":%ld,\"p50\":%.2f,\"p99\":%.2f,\"last50\":%.2f,\"last99\":%.2f", came,
         received_at - start, heard, time_at_share(0.5) / 1e3, time_at_share(0.99) / 1e3, last[lines / 2] * 1e3,
         last[(long)(lines * 0.99)] * 1e3);
}
