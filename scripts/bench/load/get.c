/* Get: the minimum of a download: send a request, then read and write until all bytes are in the file. */
#include "load.h"
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define READ (256 * 1024)

static void write_all(int fd, const char *bytes, ssize_t count) {
  while (count > 0) {
    ssize_t written = write(fd, bytes, count);
    if (written < 0) fail("Cannot write: %s", strerror(errno));
    bytes += written;
    count -= written;
  }
}

void get(char **words) {
  long wanted = atol(words[1]), saved = 0;
  static char buffer[READ + 1];
  char request[128];
  int fd = dial(atoi(words[0]), 1);
  int file = open(words[2], O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (file < 0) fail("Cannot open %s: %s", words[2], strerror(errno));
  fcntl(fd, F_SETFL, 0);
  snprintf(request, sizeof request, "GET /%ld HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", wanted);
  write_all(fd, request, strlen(request));
  char *body = NULL;
  ssize_t have = 0, count;
  while (!body) {
    count = read(fd, buffer + have, READ - have);
    if (count <= 0) fail("The answer has no end of its header");
    buffer[have += count] = 0;
    body = strstr(buffer, "\r\n\r\n");
  }
  body += 4;
  saved = buffer + have - body;
  write_all(file, body, saved);
  while ((count = read(fd, buffer, READ)) > 0) {
    write_all(file, buffer, count);
    saved += count;
  }
  close(file);
  if (saved != wanted) fail("%ld of %ld bytes came", saved, wanted);
}
