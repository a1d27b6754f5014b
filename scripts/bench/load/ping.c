/*
 * Ping-pong: each connection sends a message, waits for the complete echo, compares it and sends the next one.
 * Connections beyond the number of active ones get one echo and then stay open and idle.
 */
#include "load.h"
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

/* Pause before the measurement: after accepting thousands of connections a server collects garbage for a second. */
static const struct timespec REST = {.tv_sec = 1, .tv_nsec = 500000000};

struct client {
  int fd;
  int got;
  long answers;
  double sent;
};

static struct exchange exchange;
static char *answer;

static void send_message(struct client *client) {
  client->got = 0;
  client->sent = now();
  if (write(client->fd, exchange.message, exchange.size) != exchange.size) {
    fail("Cannot send a message: %s", strerror(errno));
  }
}

/* Reads from a connection; returns 1 when the echo is complete. */
static int receive(struct client *client) {
  ssize_t count = read(client->fd, answer, exchange.echo_size - client->got);
  if (count < 0 && errno == EAGAIN) return 0;
  if (count <= 0) fail("A connection ended: %s", count < 0 ? strerror(errno) : "end of file");
  if (memcmp(answer, exchange.echo + client->got, count) != 0) fail("The echo is not what was sent");
  client->got += count;
  return client->got == exchange.echo_size;
}

char *letters(int size) {
  char *text = malloc(size);
  for (int i = 0; i < size; i++) text[i] = 'a' + i % 26;
  return text;
}

void ping(char **words) {
  int size = atoi(words[5]);
  char *message = letters(size);
  play(words, (struct exchange){message, size, message, size, NULL});
}

void play(char **words, struct exchange what) {
  int port = atoi(words[0]), connections = atoi(words[1]);
  int active = atoi(words[2]);
  double warm = atof(words[3]), seconds = atof(words[4]);
  exchange = what;
  answer = malloc(exchange.echo_size);
  struct client *clients = calloc(connections, sizeof *clients);
  struct epoll_event events[EVENTS];
  int epoll = make_epoll(), answered = 0;
  for (int i = 0; i < connections; i++) {
    clients[i].fd = dial(port, connections);
    if (exchange.greet) exchange.greet(clients[i].fd);
    watch(epoll, clients[i].fd, &clients[i], 0);
  }
  for (int i = 0; i < connections; i++) send_message(&clients[i]);
  /* The measurement begins when all connections have got an echo; the time until then is measured by the idle load. */
  double from = 0, start = now(), end = start + TIMEOUT;
  long all = 0, counted = 0;
  while (now() < end) {
    int ready = epoll_wait(epoll, events, EVENTS, 100);
    for (int i = 0; i < ready; i++) {
      struct client *client = events[i].data.ptr;
      if (!receive(client)) continue;
      double time = now();
      all++;
      if (from == 0) {
        if (++answered < connections) continue;
        all = 0;
        if (active < connections) nanosleep(&REST, NULL);
        begin();
        for (int j = 0; j < active; j++) send_message(&clients[j]);
        from = now() + warm;
        end = from + seconds;
        continue;
      }
      if (time >= from) {
        counted++;
        record_time(time - client->sent);
        client->answers++;
      }
      send_message(client);
    }
  }
  if (answered < connections) fail("%d of %d connections were never answered", connections - answered, connections);
  int silent = 0;
  for (int i = 0; i < active; i++) silent += clients[i].answers == 0;
  report("\"value\":%.1f,\"work\":%ld,\"p50\":%.1f,\"p99\":%.1f,\"silent\":%d",
         counted / (now() - from), all, time_at_share(0.5), time_at_share(0.99), silent);
}
