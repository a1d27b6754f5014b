/* UDP: keeps a number of datagrams in flight; each one that comes back triggers the next. */
#include "load.h"
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

/* Time after which a datagram counts as lost. */
#define LOST_MICROSECONDS 200000

void udp(char **words) {
  struct sockaddr_in address = loopback(atoi(words[0]));
  int window = atoi(words[1]), size = atoi(words[4]);
  double warm = atof(words[2]), seconds = atof(words[3]);
  static char datagram[65536];
  struct timeval timeout = {.tv_usec = LOST_MICROSECONDS};
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (fd < 0 || connect(fd, (void *)&address, sizeof address)) fail("Cannot open a socket: %s", strerror(errno));
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
  memset(datagram, 'x', size);
  /* The first answer may take longer, because a server may start a process for it. */
  double start = now();
  do {
    if (now() - start > TIMEOUT) fail("No datagram came back in %.0f s", TIMEOUT);
    if (send(fd, datagram, size, 0) < 0 && errno != ECONNREFUSED) fail("Cannot send: %s", strerror(errno));
  } while (recv(fd, datagram, sizeof datagram, 0) != size);
  begin();
  for (int i = 0; i < window; i++) send(fd, datagram, size, 0);
  double from = now() + warm, end = from + seconds, time = now();
  long all = 0, counted = 0, lost = 0;
  while ((time = now()) < end) {
    ssize_t count = recv(fd, datagram, sizeof datagram, 0);
    if (count < 0) {
      lost += window;
      for (int i = 0; i < window; i++) send(fd, datagram, size, 0);
      continue;
    }
    if (count != size) fail("A datagram came back with %zd bytes instead of %d", count, size);
    all++;
    counted += time >= from;
    send(fd, datagram, size, 0);
  }
  if (counted == 0) fail("No datagram came back");
  report("\"value\":%.1f,\"work\":%ld,\"lost\":%ld", counted / (now() - from), all, lost);
}
