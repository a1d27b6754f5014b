/* Sends without waiting and takes no notice of how much send() took: what did not fit is lost. */
#include "server.h"

static void handle(int fd) {
  static __thread char buffer[65536];
  int room = 8192;
  setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
  for (ssize_t n; (n = recv(fd, buffer, sizeof buffer, 0)) > 0;) send(fd, buffer, n, MSG_DONTWAIT | MSG_NOSIGNAL);
}
