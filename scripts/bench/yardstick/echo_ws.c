/*
 * The yardstick for WebSocket: a single-threaded echo server without a language runtime. `echo_ws PORT`. It does no more than
 * the load needs: it knows one key and its answer (the example of RFC 6455 section 1.3), and takes frames of up to 125 bytes.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS 256
#define BUFFER 4096

/* Bytes before the payload of a masked frame with a length of one byte. */
#define HEAD 6

static const char ACCEPTANCE[] =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

struct client {
  int fd, open, held;
  unsigned char bytes[BUFFER];
};

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
    struct client *client = calloc(1, sizeof *client);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
    client->fd = fd;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
  }
}

/* Answers the request, when it is complete; returns 0 if the connection is to be closed. */
static int shake_hands(struct client *client) {
  if (!memmem(client->bytes, client->held, "\r\n\r\n", 4)) return client->held < BUFFER;
  client->open = 1;
  client->held = 0;
  return write(client->fd, ACCEPTANCE, sizeof ACCEPTANCE - 1) == sizeof ACCEPTANCE - 1;
}

/* Sends the messages back that are complete; returns 0 if the connection is to be closed. */
static int echo(struct client *client) {
  int at = 0;
  while (client->held - at >= HEAD) {
    unsigned char *frame = client->bytes + at, *payload = frame + HEAD;
    int size = frame[1] & 0x7f;
    if (frame[0] != 0x81 || size > 125) return 0;
    if (client->held - at < HEAD + size) break;
    for (int i = 0; i < size; i++) payload[i] ^= frame[2 + i % 4];
    payload[-2] = 0x81;
    payload[-1] = (unsigned char)size;
    if (write(client->fd, payload - 2, size + 2) != size + 2) return 0;
    at += HEAD + size;
  }
  client->held -= at;
  memmove(client->bytes, client->bytes + at, client->held);
  return 1;
}

static void serve(struct client *client) {
  ssize_t count = read(client->fd, client->bytes + client->held, BUFFER - client->held);
  if (count > 0) client->held += count;
  if (count > 0 && (client->open ? echo(client) : shake_hands(client))) return;
  close(client->fd);
  free(client);
}

int main(int count, char **words) {
  signal(SIGPIPE, SIG_IGN);
  int epoll = epoll_create1(0), listener = listen_on(count > 1 ? atoi(words[1]) : 0);
  struct epoll_event events[EVENTS], first = {.events = EPOLLIN, .data.ptr = NULL};
  epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &first);
  for (;;) {
    int ready = epoll_wait(epoll, events, EVENTS, -1);
    for (int i = 0; i < ready; i++) {
      if (events[i].data.ptr == NULL) accept_clients(epoll, listener);
      else serve(events[i].data.ptr);
    }
  }
}
