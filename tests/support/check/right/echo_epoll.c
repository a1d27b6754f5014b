/* Serves all clients in one epoll loop: it reads from a client only when it has nothing left to write to it. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

struct client {
  int fd;
  size_t from, to;
  char bytes[65536];
};

static int loop, server;

static void watch(int fd, void *who, uint32_t events, int how) {
  struct epoll_event event = {.events = events, .data.ptr = who};
  epoll_ctl(loop, how, fd, &event);
}

static void greet(void) {
  int fd = accept4(server, NULL, NULL, SOCK_NONBLOCK);
  if (fd < 0) return;
  struct client *client = malloc(sizeof *client);
  if (client == NULL) abort();
  client->fd = fd, client->from = client->to = 0;
  watch(fd, client, EPOLLIN, EPOLL_CTL_ADD);
}

static void leave(struct client *client) {
  close(client->fd);
  free(client);
}

static void serve(struct client *client) {
  if (client->from == client->to) {
    ssize_t n = recv(client->fd, client->bytes, sizeof client->bytes, 0);
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) return leave(client);
    client->from = 0, client->to = n;
  }
  ssize_t n = send(client->fd, client->bytes + client->from, client->to - client->from, MSG_NOSIGNAL);
  if (n < 0 && errno != EAGAIN) return leave(client);
  if (n > 0) client->from += n;
  watch(client->fd, client, client->from == client->to ? EPOLLIN : EPOLLOUT, EPOLL_CTL_MOD);
}

int main(int argc, char **argv) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(argc > 1 ? atoi(argv[1]) : 0)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  int yes = 1;
  server = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(server, (struct sockaddr *)&address, size) || listen(server, 128)) return perror("bind"), 1;
  getsockname(server, (struct sockaddr *)&address, &size);
  printf("port %d\n", ntohs(address.sin_port));
  fflush(stdout);
  loop = epoll_create1(0);
  watch(server, &server, EPOLLIN, EPOLL_CTL_ADD);
  watch(0, NULL, EPOLLIN, EPOLL_CTL_ADD);
  struct epoll_event event;
  while (epoll_wait(loop, &event, 1, -1) >= 0 || errno == EINTR) {
    char byte;
    if (event.data.ptr == &server) greet();
    else if (event.data.ptr != NULL) serve(event.data.ptr);
    else if (read(0, &byte, 1) <= 0) return 0;
  }
  return 1;
}
