/* malloc and its kin for the WebAssembly modules.
 *
 * First fit over one list of free blocks in the order of their addresses, neighbours joined (Knuth,
 * The Art of Computer Programming, volume 1, section 2.5). A module makes few allocations and most
 * of them large, so the list stays short; Emscripten's smallest allocator does more and takes five
 * times the bytes. Compiled without built-in functions, or calloc would be turned into a call of
 * itself. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* What stands before every block, free or not; blocks are multiples of it. */
typedef struct block {
  size_t size;        /* bytes, this header among them */
  struct block *next; /* of a free block: the free block behind it */
  size_t unused[2];   /* for alignment to 16 bytes */
} block;

enum { PAGE = 1 << 16 };

static block first; /* before the first free block */

static void join(block *b) {
  block *next = b->next;
  if (next && (char *)b + b->size == (char *)next) {
    b->size += next->size;
    b->next = next->next;
  }
}

static void release(block *b) {
  block *before = &first;
  while (before->next && before->next < b)
    before = before->next;
  b->next = before->next;
  before->next = b;
  join(b);
  join(before);
}

static void release_range(uintptr_t begin, uintptr_t end) {
  block *b = (block *)begin;
  b->size = end - begin;
  release(b);
}

/* What the linker left between data, stack and the end of the first pages. */
__attribute__((constructor)) static void begin_heap(void) {
  extern char __heap_base;
  uintptr_t begin = ((uintptr_t)&__heap_base + sizeof(block) - 1) & -sizeof(block);
  uintptr_t end = __builtin_wasm_memory_size(0) * PAGE;
  if (end > begin)
    release_range(begin, end);
}

/* More memory from the engine; 0 if it has none. */
static int grow(size_t size) {
  size_t pages = (size + PAGE - 1) / PAGE, old = __builtin_wasm_memory_grow(0, pages);
  if (old == SIZE_MAX)
    return 0;
  release_range(old * PAGE, (old + pages) * PAGE);
  return 1;
}

void *malloc(size_t size) {
  if (size > SIZE_MAX / 2)
    return NULL;
  size = (size + 2 * sizeof(block) - 1) & -sizeof(block);
  do {
    for (block *before = &first, *b; (b = before->next) != NULL; before = b) {
      if (b->size < size)
        continue;
      /* The rear part is taken, so the list needs no change unless nothing is left. */
      b->size -= size;
      if (b->size == 0)
        before->next = b->next;
      b = (block *)((char *)b + b->size);
      b->size = size;
      return b + 1;
    }
  } while (grow(size));
  return NULL;
}

void free(void *memory) {
  if (memory)
    release((block *)memory - 1);
}

void *calloc(size_t count, size_t size) {
  if (__builtin_mul_overflow(count, size, &size))
    return NULL;
  void *memory = malloc(size);
  if (memory)
    __builtin_memset(memory, 0, size);
  return memory;
}

void *realloc(void *memory, size_t size) {
  void *fresh = malloc(size);
  if (fresh && memory) {
    size_t old = ((block *)memory - 1)->size - sizeof(block);
    __builtin_memcpy(fresh, memory, old < size ? old : size);
    free(memory);
  }
  return fresh;
}
