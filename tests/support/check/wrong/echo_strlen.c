/* Takes the received bytes for a C string: what follows a NUL is lost. */
#include "server.h"

static void handle(int fd) {
  char buffer[4096];
  ssize_t n;
  while ((n = recv(fd, buffer, sizeof buffer - 1, 0)) > 0) {
    buffer[n] = '\0';
    send_all(fd, buffer, strlen(buffer));
  }
}
