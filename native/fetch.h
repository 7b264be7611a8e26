/* Getting Omniglot's official zips, verified. */
#ifndef FETCH_H
#define FETCH_H

typedef struct fetch_request {
  const char *from;     /* a folder to copy from; NULL: the network */
  const char *to;       /* where to; NULL: the user's cache folder */
  const char *base_url; /* NULL: the data set's own repository */
} fetch_request;

/* Fetches every file that is not there and intact, says on stderr what it does, prints the folder
 * on stdout, and returns the program's exit code: 2 if `from` or `to` is no folder, `from` lacks
 * a good file or `base_url` is not http or https, 1 if the network lacks one. A file is written
 * whole and verified or not at all, so that running it again goes on where it stopped. */
int fetch_all(const fetch_request *request);

#endif
