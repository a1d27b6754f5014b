/* Serves `GET /N` with N bytes from memory, one request at a time: no disk and no logs slow down the download. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Bytes per write: few calls, and still in the processor's cache. */
#define PART (256 * 1024)

static char part[PART];

/* Writes all bytes; returns 0 if the connection breaks. */
static int write_all(int fd, const char *bytes, long count) {
  while (count > 0) {
    ssize_t written = write(fd, bytes, count < PART ? count : PART);
    if (written <= 0) return 0;
    count -= written;
    if (bytes != part) bytes += written;
  }
  return 1;
}

static void answer(int fd) {
  char request[8192], head[256];
  long bytes = -1;
  int have = 0, count;
  do {
    count = read(fd, request + have, sizeof request - 1 - have);
    if (count <= 0) return;
    request[have += count] = 0;
  } while (!strstr(request, "\r\n\r\n"));
  if (sscanf(request, "GET /%ld", &bytes) != 1 || bytes < 0) bytes = 0;
  snprintf(head, sizeof head,
           "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %ld\r\nConnection: close\r\n\r\n", bytes);
  if (!write_all(fd, head, strlen(head)) || !write_all(fd, part, bytes)) return;
  /* Closing a socket with unread bytes would reset the connection: read until the client's end. */
  shutdown(fd, SHUT_WR);
  while (read(fd, request, sizeof request) > 0) continue;
}

int main(int count, char **words) {
  int on = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(count > 1 ? atoi(words[1]) : 0)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  signal(SIGPIPE, SIG_IGN);
  memset(part, 'x', PART);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(listener, (void *)&address, sizeof address) || listen(listener, 128)) {
    perror("Cannot listen");
    return 1;
  }
  for (;;) {
    int fd = accept(listener, NULL, NULL);
    if (fd < 0) continue;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    answer(fd);
    close(fd);
  }
}
