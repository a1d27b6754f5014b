/*
 * The yardstick for the chat: sends complete lines to all other clients, and joins pending lines into one write.
 * `chat_epoll PORT`. A client that does not read blocks the room; the loads always read.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS 256
/* Bytes of the longest line, which is kept between two reads. */
#define LINE 65536
/* Most pending bytes of a client. */
#define WAITING (1024 * 1024)
#define CLIENTS 65536

struct client {
  int fd;
  int have, waiting;
  char line[LINE], *out;
};

static struct client *clients[CLIENTS];
static int count_of_clients;

static void remove_client(struct client *client) {
  for (int i = 0; i < count_of_clients; i++) {
    if (clients[i] == client) clients[i] = clients[--count_of_clients];
  }
  close(client->fd);
  free(client->out);
  free(client);
}

static void flush(struct client *client) {
  for (int at = 0; client->waiting > 0;) {
    ssize_t written = write(client->fd, client->out + at, client->waiting);
    if (written < 0 && errno == EAGAIN) {
      struct pollfd room = {.fd = client->fd, .events = POLLOUT};
      poll(&room, 1, -1);
      continue;
    }
    /* The client has disconnected; the next read reports it. */
    if (written < 0) client->waiting = 0;
    else {
      at += written;
      client->waiting -= written;
    }
  }
}

static void broadcast(struct client *from, const char *lines, int length) {
  for (int i = 0; i < count_of_clients; i++) {
    struct client *client = clients[i];
    if (client == from) continue;
    if (client->waiting + length > WAITING) flush(client);
    memcpy(client->out + client->waiting, lines, length);
    client->waiting += length;
  }
}

static void receive(struct client *client) {
  ssize_t count = read(client->fd, client->line + client->have, LINE - client->have);
  if (count < 0 && errno == EAGAIN) return;
  if (count <= 0) {
    remove_client(client);
    return;
  }
  client->have += count;
  char *end = memrchr(client->line, '\n', client->have);
  int whole = end ? end + 1 - client->line : client->have == LINE ? LINE : 0;
  if (whole == 0) return;
  broadcast(client, client->line, whole);
  client->have -= whole;
  memmove(client->line, client->line + whole, client->have);
}

static void accept_client(int epoll, int listener) {
  int on = 1, fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
  if (fd < 0 || count_of_clients == CLIENTS) return;
  struct client *client = calloc(1, sizeof *client);
  client->fd = fd;
  client->out = malloc(WAITING);
  clients[count_of_clients++] = client;
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

int main(int count, char **words) {
  signal(SIGPIPE, SIG_IGN);
  int on = 1, epoll = epoll_create1(0), listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(count > 1 ? atoi(words[1]) : 0)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(listener, (void *)&address, sizeof address) || listen(listener, 4096)) {
    perror("Cannot listen");
    return 1;
  }
  struct epoll_event events[EVENTS], first = {.events = EPOLLIN, .data.ptr = NULL};
  epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &first);
  for (;;) {
    int ready = epoll_wait(epoll, events, EVENTS, -1);
    for (int i = 0; i < ready; i++) {
      if (events[i].data.ptr) receive(events[i].data.ptr);
      else accept_client(epoll, listener);
    }
    for (int i = 0; i < count_of_clients; i++) flush(clients[i]);
  }
}
