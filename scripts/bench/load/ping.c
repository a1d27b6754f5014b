/*
 * Ping-pong: each connection sends a message, waits for all of its echo, compares it and sends the next.
 * Those beyond the number that plays are answered once and then only stay.
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

/* A server that has just taken thousands of connections still clears up for a second: that is no message's cost. */
static const struct timespec REST = {.tv_sec = 1, .tv_nsec = 500000000};

struct player {
  int fd;
  int got;
  long answers;
  double sent;
};

static char *message, *answer;
static int size;

static void serve_ball(struct player *player) {
  player->got = 0;
  player->sent = now();
  if (write(player->fd, message, size) != size) fail("Cannot send a message: %s", strerror(errno));
}

/* Whether a whole answer has come. */
static int take(struct player *player) {
  ssize_t count = read(player->fd, answer, size - player->got);
  if (count < 0 && errno == EAGAIN) return 0;
  if (count <= 0) fail("A connection ended: %s", count < 0 ? strerror(errno) : "end of file");
  if (memcmp(answer, message + player->got, count) != 0) fail("The echo is not what was sent");
  player->got += count;
  return player->got == size;
}

void ping(char **words) {
  int port = atoi(words[0]), connections = atoi(words[1]);
  int playing = atoi(words[2]);
  double warm = atof(words[3]), seconds = atof(words[4]);
  size = atoi(words[5]);
  message = malloc(size);
  answer = malloc(size);
  for (int i = 0; i < size; i++) message[i] = 'a' + i % 26;
  struct player *players = calloc(connections, sizeof *players);
  struct epoll_event events[EVENTS];
  int epoll = make_epoll(), answered = 0;
  for (int i = 0; i < connections; i++) {
    players[i].fd = dial(port, connections);
    watch(epoll, players[i].fd, &players[i], 0);
  }
  for (int i = 0; i < connections; i++) serve_ball(&players[i]);
  /* The game begins when all have been answered once: how soon that is, the idle load tells. */
  double from = 0, start = now(), end = start + PATIENCE;
  long all = 0, counted = 0;
  while (now() < end) {
    int ready = epoll_wait(epoll, events, EVENTS, 100);
    for (int i = 0; i < ready; i++) {
      struct player *player = events[i].data.ptr;
      if (!take(player)) continue;
      double time = now();
      all++;
      if (from == 0) {
        if (++answered < connections) continue;
        all = 0;
        if (playing < connections) nanosleep(&REST, NULL);
        begin();
        for (int j = 0; j < playing; j++) serve_ball(&players[j]);
        from = now() + warm;
        end = from + seconds;
        continue;
      }
      if (time >= from) {
        counted++;
        note_time(time - player->sent);
        player->answers++;
      }
      serve_ball(player);
    }
  }
  if (answered < connections) fail("%d of %d connections were never answered", connections - answered, connections);
  int silent = 0;
  for (int i = 0; i < playing; i++) silent += players[i].answers == 0;
  report("\"value\":%.1f,\"work\":%ld,\"p50\":%.1f,\"p99\":%.1f,\"silent\":%d",
         counted / (now() - from), all, noted_share(0.5), noted_share(0.99), silent);
}
