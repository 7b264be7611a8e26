/* The header of safetensors: what JSON allows is read, and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "net/safetensors.h"
#include "net/safetensors_text.h"

/* Reads a file with this header and `data` bytes behind it, in memory that ends where it does. */
static og_safetensors *read_header(const char *header, size_t data, og_error *error) {
  size_t length = strlen(header);
  uint8_t *bytes = calloc(1, 8 + length + data);
  assert_non_null(bytes);
  bytes[0] = (uint8_t)length;
  bytes[1] = (uint8_t)(length >> 8);
  memcpy(bytes + 8, header, length);
  og_safetensors *file;
  og_status status = og_safetensors_read(bytes, 8 + length + data, &file, error);
  assert_int_equal(status == OG_OK, file != NULL);
  free(bytes);
  return file;
}

#define TENSOR(name, from, to)                                                                     \
  "\"" name "\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[" from "," to "]}"

static void reads_what_json_allows(void **state) {
  (void)state;
  static const struct {
    const char *header;
    size_t data, tensors, pairs;
  } good[] = {
      {"{}", 0, 0, 0},
      {" \n\t{ } \r\n", 0, 0, 0},
      {"{\"__metadata__\":{}}", 0, 0, 0},
      {"{\"__metadata__\":{\"a\":\"b\",\"c\":\"\"}}", 0, 0, 2},
      {"{" TENSOR("t", "0", "4") "}", 4, 1, 0},
      {"{" TENSOR("t", "4", "8") "," TENSOR("u", "0", "4") "}   ", 8, 2, 0},
      {"{\"t\" : { \"data_offsets\" :[ 0 , 2 ], \"shape\": [ ] ,\"dtype\":\"F16\" } }", 2, 1, 0},
      {"{\"\\u0074\":{\"\\u0064type\":\"F32\",\"shape\":[0,7],\"data_offsets\":[0,0]}}", 0, 1, 0},
  };
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    og_error error = {0};
    og_safetensors *file = read_header(good[i].header, good[i].data, &error);
    if (!file)
      fail_msg("%s: %s", good[i].header, error.text);
    assert_int_equal(file->tensors, good[i].tensors);
    assert_int_equal(file->pairs, good[i].pairs);
    og_safetensors_free(file);
  }
}

static void refuses_the_rest(void **state) {
  (void)state;
  static const struct {
    const char *header;
    size_t data;
    const char *says;
  } bad[] = {
      {"", 0, "byte '0'"},
      {"x", 0, "byte '0'"},
      {"[]", 0, "byte '0'"},
      {"{", 0, "byte '1'"},
      {"{} x", 0, "byte '3'"},
      {"{}}", 0, "byte '2'"},
      {"{,}", 0, "byte '1'"},
      {"{\"__metadata__\"}", 0, "byte '15'"},
      {"{\"__metadata__\":[]}", 0, "byte '16'"},
      {"{\"__metadata__\":{\"a\":1}}", 0, "other than strings"},
      {"{\"__metadata__\":{\"a\":\"b\",}}", 0, "byte '25'"},
      {"{\"__metadata__\":{\"a\":\"b\" \"c\":\"d\"}}", 0, "byte '25'"},
      {"{\"__metadata__\":{\"a\":\"b}}", 0, "byte"},
      {"{\"__metadata__\":{\"a\":\"\n\"}}", 0, "byte"},
      {"{\"__metadata__\":{\"a\":\"\\x\"}}", 0, "byte"},
      {"{\"__metadata__\":{\"a\":\"\\u00g0\"}}", 0, "byte"},
      {"{\"__metadata__\":{\"a\":\"\\u0000\"}}", 0, "byte"},
      {"{\"__metadata__\":{\"a\":\"\\ud800\"}}", 0, "byte"},
      {"{\"__metadata__\":{\"a\":\"\\ud800\\u0041\"}}", 0, "byte"},
      {"{\"__metadata__\":{\"a\":\"\\udc00\"}}", 0, "byte"},
      {"{\"__metadata__\":{\"a\":\"\\u12", 0, "byte"},
      {"{\"t\":7}", 0, "byte '5'"},
      {"{\"t\":{}}", 0, "incomplete description of tensor 't'"},
      {"{\"t\":{\"dtype\":\"F32\",\"shape\":[1]}}", 4, "incomplete description of tensor 't'"},
      {"{\"t\":{\"type\":\"F32\"}}", 0, "bad description of tensor 't'"},
      {"{\"t\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]}}", 8, "neither F32"},
      {"{\"t\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}", 4, "byte"},
      {"{\"t\":{\"dtype\":\"F32\",\"shape\":[1.0],\"data_offsets\":[0,4]}}", 4, "byte"},
      {"{\"t\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1],\"data_offsets\":[0,4]}}", 4, "byte"},
      {"{\"t\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4]}}", 4, "incomplete"},
      {"{\"t\":{\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[0,4]}}", 4,
       "byte"},
      {"{\"t\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904],\"data_offsets\":[0,4]}}", 4, ""},
      {"{\"t\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", 4, "larger"},
      {"{\"t\":{\"dtype\":\"F16\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "do not fit"},
      {"{" TENSOR("t", "4", "8") "}", 4, "do not fit"},
      {"{" TENSOR("t", "0", "4") "}", 8, "holes"},
      {"{" TENSOR("t", "0", "4") "," TENSOR("u", "0", "4") "}", 4, "overlaps"},
      {"{" TENSOR("t", "0", "4") "," TENSOR("u", "2", "6") "}", 6, "overlaps"},
      {"{" TENSOR("t", "0", "4") "," TENSOR("t", "4", "8") "}", 8, "two tensors are called 't'"},
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    og_error error = {0};
    og_safetensors *file = read_header(bad[i].header, bad[i].data, &error);
    if (file)
      fail_msg("%s was accepted", bad[i].header);
    if (!strstr(error.text, bad[i].says) || strchr(error.text, '\n'))
      fail_msg("%s: %s", bad[i].header, error.text);
    assert_int_equal(error.status, OG_ERROR_FORMAT);
  }
}

static void strings_lose_their_escapes(void **state) {
  (void)state;
  static const char *const cases[][2] = {
      {"\"\"", ""},
      {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t"},
      {"\"\\u0041\\u007f\\u0080\\u07ff\"", "A\x7f\xc2\x80\xdf\xbf"},
      {"\"\\u0800\\uFFFF\"", "\xe0\xa0\x80\xef\xbf\xbf"},
      {"\"\\ud83d\\uDE00\"", "\xf0\x9f\x98\x80"},
      {"\"gr\xc3\xbc\xc3\x9f\"", "gr\xc3\xbc\xc3\x9f"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    size_t length = strlen(cases[i][0]);
    char *text = malloc(length);
    assert_non_null(text);
    og_st_text header = {cases[i][0], cases[i][0] + length, text, NULL};
    const char *string = og_st_string(&header);
    assert_non_null(string);
    assert_string_equal(string, cases[i][1]);
    og_st_end(&header);
    assert_null(header.broken);
    free(text);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(reads_what_json_allows),
                                     cmocka_unit_test(refuses_the_rest),
                                     cmocka_unit_test(strings_lose_their_escapes)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
