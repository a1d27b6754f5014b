/* Keeps bytes in `char` and compares them with EOF: the byte FF is taken for the end. */
#include "server.h"

static void handle(int fd) {
  signed char in[4096]; /* What `char` is on x86. */
  char out[4096];
  ssize_t n;
  while ((n = recv(fd, in, sizeof in, 0)) > 0) {
    size_t length = 0;
    signed char c = 0;
    for (ssize_t i = 0; i < n && (c = in[i]) != EOF; i++) out[length++] = c;
    send_all(fd, out, length);
    if (c == EOF) return;
  }
}
