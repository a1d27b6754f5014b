/*
 * Room: a chat at one or several servers. It comes, then a number of lines is said, at a rate or (0) as fast as they are taken.
 * Tells how long the coming took, how many lines came in a second, and how late they were: each one, and each at its last client.
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

/* Connections under way at a time, ports, and seconds of silence after which all was told, or is lost. */
#define DIALLING 500
#define PORTS 16
#define QUIET 0.5
#define COMING 200.0
#define LOST 5.0

#define READ (256 * 1024)
#define LONGEST 1024
/* What comes before the line itself: a name. */
#define BEFORE 64

struct client {
  int fd, here, held;
  long said;
  char rest[LONGEST + BEFORE];
};

static struct client *all;
static int epoll, clients, senders, here;
static long size, lines, heard, *arrived;
static double rate, start, *last;
static char *incoming;

/* A line of ours: `#`, its number, its time in microseconds from the start, and filling up to the size. */
static void take(const char *at, const char *end) {
  const char *mark = memchr(at, '#', end - at);
  if (!mark || start == 0) return;
  char *next;
  long nth = strtol(mark + 1, &next, 10);
  double late = now() - start - strtol(next, &next, 10) / 1e6;
  if (nth < 0 || nth >= lines) return;
  heard++;
  note_time(late);
  if (++arrived[nth] == clients - 1) last[nth] = late;
}

static void hear(struct client *client) {
  memcpy(incoming, client->rest, client->held);
  ssize_t count = read(client->fd, incoming + client->held, READ);
  if (count < 0 && (errno == EAGAIN || errno == EINPROGRESS)) return;
  if (count <= 0) fail("A client was dropped: %s", count < 0 ? strerror(errno) : "end of file");
  if (!client->here) {
    client->here = 1;
    here++;
  }
  char *at = incoming, *end = incoming + client->held + count, *next;
  for (; (next = memchr(at, '\n', end - at)); at = next + 1) take(at, next);
  client->held = end - at;
  if (client->held > (int)sizeof client->rest) fail("A line is too long");
  memcpy(client->rest, at, client->held);
}

/* What this client says next; 0 when the socket takes nothing now. */
static int speak(int nth) {
  struct client *client = &all[nth];
  static char line[LONGEST];
  long number = client->said * senders + nth;
  if (number >= lines) return 0;
  int length = snprintf(line, sizeof line, "#%ld %ld ", number, (long)((now() - start) * 1e6));
  if (length < size) memset(line + length, 'x', size - length);
  line[size - 1] = '\n';
  ssize_t count = write(client->fd, line, size);
  if (count < 0 && errno == EAGAIN) return 0;
  if (count != size) fail("Cannot send a line: %s", count < 0 ? strerror(errno) : "only a part went");
  client->said++;
  return 1;
}

static int turn(int wait) {
  struct epoll_event events[EVENTS];
  int ready = epoll_wait(epoll, events, EVENTS, wait);
  for (int i = 0; i < ready; i++) hear(events[i].data.ptr);
  return ready > 0;
}

static double come(const int *ports, int count) {
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
      turn(0);
    } else turn(10);
    if (now() - first > COMING) fail("%d of %d were taken in %.0f s", here, clients, COMING);
  }
  for (busy = now(); here < clients || now() - busy < QUIET;) {
    if (turn(10)) busy = now();
    if (now() - first > COMING) fail("The room was not quiet within %.0f s", COMING);
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
  double came = come(ports, count);
  begin();
  getchar();
  long said = 0, before = 0, wanted = lines * (clients - 1);
  double heard_at = start = now();
  while (heard < wanted) {
    if (rate > 0) {
      for (; said < lines && said < (now() - start) * rate; said++) {
        if (!speak(said % senders)) fail("A line was not taken at this rate");
      }
    } else {
      for (int i = 0; i < senders; i++) said += speak(i);
    }
    turn(rate > 0 ? 1 : 0);
    if (heard > before) heard_at = now();
    before = heard;
    if (now() - heard_at > LOST && said == lines) fail("%ld of %ld lines were lost", wanted - heard, wanted);
    if (now() - start > COMING) fail("%ld of %ld lines came in %.0f s", heard, wanted, COMING);
  }
  qsort(last, lines, sizeof *last, ascending);
  report("\"came\":%.2f,\"seconds\":%.3f,\"heard\":%ld,\"p50\":%.2f,\"p99\":%.2f,\"last50\":%.2f,\"last99\":%.2f", came,
         heard_at - start, heard, noted_share(0.5) / 1e3, noted_share(0.99) / 1e3, last[lines / 2] * 1e3,
         last[(long)(lines * 0.99)] * 1e3);
}
