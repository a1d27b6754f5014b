/* Spawn: runs a command that writes a file several times; reports its time, processor time and peak memory. */
#define _GNU_SOURCE
#include "load.h"
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Most seconds of a single run; the alarm survives exec and ends the command. */
#define LONGEST 30

static void exec_command(char **command) {
  int nothing = open("/dev/null", O_RDWR);
  dup2(nothing, 0);
  dup2(nothing, 1);
  dup2(nothing, 2);
  alarm(LONGEST);
  execvp(command[0], command);
  _exit(127);
}

static double seconds_of(struct timeval time) { return time.tv_sec + time.tv_usec / 1e6; }

void spawn(char **words) {
  int times = atoi(words[0]);
  long bytes = atol(words[1]), peak = 0;
  const char *path = words[2];
  double took = 0, processor = 0;
  for (int i = 0; i < times; i++) {
    struct rusage usage;
    struct stat file;
    int status;
    unlink(path);
    double start = now();
    pid_t child = fork();
    if (child == 0) exec_command(words + 3);
    if (child < 0 || wait4(child, &status, 0, &usage) < 0) fail("Cannot start it: %s", strerror(errno));
    took += now() - start;
    processor += seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
    if (usage.ru_maxrss > peak) peak = usage.ru_maxrss;
    if (WIFSIGNALED(status)) fail("It was ended by signal %d", WTERMSIG(status));
    if (WEXITSTATUS(status) != 0) fail("It ended with exit code %d", WEXITSTATUS(status));
    if (stat(path, &file) || file.st_size < bytes) fail("It did not save %ld bytes", bytes);
  }
  unlink(path);
  report("\"value\":%.4f,\"work\":%d,\"cpu\":%.4f,\"peak\":%ld", took, times, processor, peak);
}
