/* The yardstick for datagrams: sends each datagram back to its sender. `echo_udp PORT` */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

int main(int count, char **words) {
  static char datagram[65536];
  struct sockaddr_in from, address = {.sin_family = AF_INET, .sin_port = htons(count > 1 ? atoi(words[1]) : 0)};
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(fd, (void *)&address, sizeof address)) {
    perror("Cannot bind");
    return 1;
  }
  for (;;) {
    socklen_t length = sizeof from;
    ssize_t size = recvfrom(fd, datagram, sizeof datagram, 0, (void *)&from, &length);
    if (size >= 0) sendto(fd, datagram, size, 0, (void *)&from, length);
  }
}
