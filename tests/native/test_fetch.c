/* `data fetch`: from a loopback server that misbehaves, and from folders. Whatever happens, the
 * target holds whole, verified files or none. */
#include "native/command.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

typedef enum behaviour {
  WRONG,     /* something else than the file */
  MISSING,   /* 404 */
  CUT,       /* the connection ends in the middle */
  FLOOD,     /* a body without end, fast */
  DRIP,      /* a body without end, slowly */
  CIRCLE,    /* redirects to itself */
  TO_FILE,   /* redirects to a file of this machine */
  SERVE_RUNS /* the official all_runs.zip, 404 for the rest */
} behaviour;

static struct {
  pid_t pid;
  char url[64];
} server;

static void data_path(char path[4096], const char *name) {
  snprintf(path, 4096, "%s/%s", omniglot_folder(), name);
}

/* Returns 0 when the client has gone. */
static int put(int to, const void *bytes, size_t size) {
  return send(to, bytes, size, MSG_NOSIGNAL) == (ssize_t)size;
}

static int put_text(int to, const char *text) {
  return put(to, text, strlen(text));
}

static void serve_runs(int to, const char *request) {
  char path[4096], head[128];
  size_t size;
  data_path(path, "all_runs.zip");
  char *bytes = read_bytes(path, &size);
  if (!bytes || !strstr(request, "/python/one-shot-classification/all_runs.zip "))
    put_text(to, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  else {
    snprintf(head, sizeof head,
             "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n", size);
    put_text(to, head);
    put(to, bytes, size);
  }
  free(bytes);
}

static void answer(int to, behaviour how, const char *request) {
  static char block[1 << 16];
  switch (how) {
  case WRONG:
    put_text(to, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nConnection: close\r\n\r\nnot a zip");
    break;
  case MISSING:
    put_text(to, "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\nConnection: close\r\n\r\nnone");
    break;
  case CUT:
    put_text(to, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\nConnection: close\r\n\r\nPK");
    break;
  case FLOOD:
    put_text(to, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
    while (put(to, block, sizeof block))
      ;
    break;
  case DRIP:
    put_text(to, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
    while (put(to, block, 1))
      usleep(100000);
    break;
  case CIRCLE:
    put_text(to, "HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n"
                 "Connection: close\r\n\r\n");
    break;
  case TO_FILE:
    put_text(to, "HTTP/1.1 302 Found\r\nLocation: file:///etc/hostname\r\nContent-Length: 0\r\n"
                 "Connection: close\r\n\r\n");
    break;
  case SERVE_RUNS:
    serve_runs(to, request);
  }
}

static void serve(int listener, behaviour how) {
  for (;;) {
    int client = accept(listener, NULL, NULL);
    char request[4096] = "";
    size_t size = 0;
    while (size + 1 < sizeof request && !strstr(request, "\r\n\r\n")) {
      ssize_t got = recv(client, request + size, sizeof request - 1 - size, 0);
      if (got <= 0)
        break;
      size += (size_t)got;
      request[size] = 0;
    }
    answer(client, how, request);
    close(client);
  }
}

/* A socket on a free port of the loopback; server.url is set to its address. */
static int listen_somewhere(void) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  assert_true(listener >= 0);
  assert_int_equal(bind(listener, (struct sockaddr *)&address, size), 0);
  assert_int_equal(listen(listener, 8), 0);
  assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &size), 0);
  snprintf(server.url, sizeof server.url, "http://127.0.0.1:%d", ntohs(address.sin_port));
  return listener;
}

static void start_server(behaviour how) {
  int listener = listen_somewhere();
  server.pid = fork();
  assert_true(server.pid >= 0);
  if (server.pid == 0) {
    serve(listener, how);
    _exit(0);
  }
  close(listener);
}

static void stop_server(void) {
  kill(server.pid, SIGKILL);
  waitpid(server.pid, NULL, 0);
}

/* How many files, of any kind, lie in the folder. */
static size_t files_in(const char *path) {
  size_t count = 0;
  DIR *dir = opendir(path);
  for (struct dirent *e; dir && (e = readdir(dir));)
    count += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
  if (dir)
    closedir(dir);
  return count;
}

/* A run that fails with nothing written: every line on stderr is an error or, on slow machines,
 * progress, and one of them says `part`. */
static void assert_nothing_came(result r, int code, const char *part) {
  if (r.code != code || !strstr(r.err, part))
    print_error("exit code %d, wanted %d and \"%s\": %s\n", r.code, code, part, r.err);
  assert_int_equal(r.code, code);
  assert_int_equal(strncmp(r.err, "oneglyph: ", 10), 0);
  assert_non_null(strstr(r.err, part));
  assert_int_equal(r.out_size, 0);
  assert_int_equal(files_in("to"), 0);
  result_free(r);
}

static void bad_servers_leave_nothing(void **state) {
  (void)state;
  static const struct {
    behaviour how;
    const char *part;
  } cases[] = {{WRONG, "images_background.zip: the checksum is wrong"},
               {MISSING, "strokes_evaluation.zip: the server does not give it"},
               {FLOOD, "more bytes than the file has"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    start_server(cases[i].how);
    assert_nothing_came(RUN("data", "fetch", "--to", "to", "--base-url", server.url), 1,
                        cases[i].part);
    stop_server();
  }
}

/* Said once, and no other file is asked for. */
static void broken_connections_end_it(void **state) {
  (void)state;
  static const struct {
    behaviour how;
    const char *part;
  } cases[] = {
      {CUT, "python/images_background.zip: "}, {CIRCLE, "redirects"}, {TO_FILE, "rotocol"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    start_server(cases[i].how);
    assert_complains(RUN("data", "fetch", "--to", "to", "--base-url", server.url), 1,
                     cases[i].part);
    stop_server();
    assert_int_equal(files_in("to"), 0);
  }
  close(listen_somewhere());
  assert_complains(RUN("data", "fetch", "--to", "to", "--base-url", server.url), 1, "connect");
}

static void slow_servers_are_given_up(void **state) {
  (void)state;
  start_server(DRIP);
  assert_nothing_came(RUN("data", "fetch", "--to", "to", "--base-url", server.url), 1,
                      "python/images_background.zip: Timeout");
  stop_server();
}

static void bad_use_is_said(void **state) {
  (void)state;
  assert_complains(RUN("data", "fetch", "--to", "to", "--base-url", "file:///etc"), 2,
                   "file:///etc: not an address");
  assert_complains(RUN("data", "fetch", "--to", "to2", "--from", "nowhere"), 2,
                   "nowhere: no such folder");
  assert_false(exists("to2"));
  write_text("file", "");
  assert_complains(RUN("data", "fetch", "--to", "to2", "--from", "file"), 2,
                   "file: no such folder");
  assert_complains(RUN("data", "fetch", "--to", "file"), 2, "file: cannot make the folder");
}

static void damaged_zips_are_refused(void **state) {
  (void)state;
  assert_int_equal(mkdir("damaged", 0700), 0);
  write_text("damaged/images_background.zip", "PK\003\004 and no more");
  assert_nothing_came(RUN("data", "fetch", "--to", "to", "--from", "damaged"), 2,
                      "damaged/images_background.zip: the checksum is wrong");
}

static void need_runs(void) {
  char path[4096];
  data_path(path, "all_runs.zip");
  if (!exists(path)) {
    print_message("skipped: no Omniglot (set ONEGLYPH_DATA to its folder)\n");
    skip();
  }
}

static void good_files_are_kept(void **state) {
  (void)state;
  need_runs();
  char path[4096];
  size_t size, want;
  data_path(path, "all_runs.zip");
  char *official = read_bytes(path, &want);
  start_server(SERVE_RUNS);
  result r = RUN("data", "fetch", "--to", "got/new", "--base-url", server.url);
  assert_int_equal(r.code, 1); /* the others are missing */
  assert_non_null(strstr(r.err, "all_runs.zip: 352787 bytes, verified\n"));
  result_free(r);
  char *got = read_bytes("got/new/all_runs.zip", &size);
  assert_int_equal(size, want);
  assert_memory_equal(got, official, want);
  assert_int_equal(files_in("got/new"), 1);
  r = RUN("data", "fetch", "--to", "got/new", "--base-url", server.url);
  assert_non_null(strstr(r.err, "all_runs.zip: there already, verified\n"));
  result_free(r);
  stop_server();
  /* A damaged one in the target is replaced. */
  got[want / 2] ^= 1;
  write_bytes("got/new/all_runs.zip", got, want);
  start_server(SERVE_RUNS);
  r = RUN("data", "fetch", "--to", "got/new", "--base-url", server.url);
  result_free(r);
  stop_server();
  free(got);
  got = read_bytes("got/new/all_runs.zip", &size);
  assert_memory_equal(got, official, want);
  free(got);
  free(official);
}

static void folders_are_copied_once(void **state) {
  (void)state;
  need_runs();
  RUN_WELL("data", "fetch", "--to", "copy", "--from", omniglot_folder());
  static const char *const names[] = {"copy/images_background.zip", "copy/images_evaluation.zip",
                                      "copy/all_runs.zip"};
  enum { NAMES = sizeof names / sizeof *names };
  struct stat before[NAMES], after;
  for (size_t i = 0; i < NAMES; i++)
    assert_int_equal(stat(names[i], &before[i]), 0);
  RUN_WELL("data", "fetch", "--to", "copy", "--from", omniglot_folder());
  for (size_t i = 0; i < NAMES; i++) {
    assert_int_equal(stat(names[i], &after), 0);
    assert_int_equal(before[i].st_ino, after.st_ino); /* a new copy would be a new file */
  }
  result r = RUN("data", "info", "copy");
  assert_int_equal(r.code, 0);
  assert_non_null(strstr(r.out, "background: 30 alphabets, 964 characters"));
  result_free(r);
}

int main(void) {
  /* The loopback is never behind a proxy. */
  unsetenv("http_proxy");
  unsetenv("all_proxy");
  unsetenv("ALL_PROXY");
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(bad_servers_leave_nothing), cmocka_unit_test(broken_connections_end_it),
      cmocka_unit_test(slow_servers_are_given_up), cmocka_unit_test(bad_use_is_said),
      cmocka_unit_test(damaged_zips_are_refused),  cmocka_unit_test(good_files_are_kept),
      cmocka_unit_test(folders_are_copied_once),
  };
  return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
