/* The yardstick: a single-threaded echo server without a language runtime. `echo_epoll PORT` */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS 256
#define BUFFER 65536

static int listen_on(int port) {
  int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(fd, (void *)&address, sizeof address) || listen(fd, 4096)) {
    perror("Cannot listen");
    exit(1);
  }
  return fd;
}

static void accept_clients(int epoll, int listener) {
  int on = 1, fd;
  while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
  }
}

/* Writes all bytes. A client that does not read blocks the server; the loads always read. */
static int write_all(int fd, const char *bytes, ssize_t count) {
  while (count > 0) {
    ssize_t written = write(fd, bytes, count);
    if (written < 0 && errno != EAGAIN) return 0;
    if (written < 0) {
      struct pollfd room = {.fd = fd, .events = POLLOUT};
      poll(&room, 1, -1);
      continue;
    }
    bytes += written;
    count -= written;
  }
  return 1;
}

static void echo(int fd) {
  static char buffer[BUFFER];
  ssize_t count = read(fd, buffer, BUFFER);
  if (count < 0 && errno == EAGAIN) return;
  if (count <= 0 || !write_all(fd, buffer, count)) close(fd);
}

int main(int count, char **words) {
  signal(SIGPIPE, SIG_IGN);
  int epoll = epoll_create1(0), listener = listen_on(count > 1 ? atoi(words[1]) : 0);
  struct epoll_event events[EVENTS], first = {.events = EPOLLIN, .data.fd = listener};
  epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &first);
  for (;;) {
    int ready = epoll_wait(epoll, events, EVENTS, -1);
    for (int i = 0; i < ready; i++) {
      if (events[i].data.fd == listener) accept_clients(epoll, listener);
      else echo(events[i].data.fd);
    }
  }
}
