#ifndef FAKE_DRIVER_H
#define FAKE_DRIVER_H

#include <stddef.h>
#include <stdint.h>

/* What the driver is told, and what it tells. */
typedef struct fake {
  int context; /* that is current; 0: none */
  int takes_nothing, takes_text_only, fails;
  int refused, loaded, launches, filled, fetched, waited;
  const char *text; /* of the module that was loaded last, if it is text */
  /* Of the last launch. */
  char kernel[64];
  unsigned blocks, threads;
  void *stream;
  int count; /* of parameters; of code that is no text it is set beforehand */
  uint64_t parameters[64], scratch;
} fake;

#endif
