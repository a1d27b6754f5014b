/* What the wrong servers in C share: a thread for each client, and an end with the standard input. */
#include <arpa/inet.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void handle(int fd);

static void *serve(void *fd) {
  handle((intptr_t)fd);
  close((intptr_t)fd);
  return NULL;
}

static void *end_with_stdin(void *unused) {
  char byte;
  while (read(0, &byte, 1) > 0) {}
  exit(0);
}

static void thread(void *(*run)(void *), void *argument) {
  pthread_t id;
  if (pthread_create(&id, NULL, run, argument) == 0) pthread_detach(id);
}

static inline void send_all(int fd, const char *bytes, size_t length) {
  for (size_t sent = 0; sent < length;) {
    ssize_t n = send(fd, bytes + sent, length - sent, MSG_NOSIGNAL);
    if (n < 0) return;
    sent += n;
  }
}

int main(int argc, char **argv) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(argc > 1 ? atoi(argv[1]) : 0)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  int server = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
  setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(server, (struct sockaddr *)&address, size) || listen(server, 128)) return perror("bind"), 1;
  getsockname(server, (struct sockaddr *)&address, &size);
  printf("port %d\n", ntohs(address.sin_port));
  fflush(stdout);
  thread(end_with_stdin, NULL);
  for (int fd; (fd = accept(server, NULL, NULL)) >= 0;) thread(serve, (void *)(intptr_t)fd);
  return 1;
}
