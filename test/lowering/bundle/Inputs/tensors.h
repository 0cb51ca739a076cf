/* The view of a bundle's call that is the same for every mixer. bundle.py writes, for one of them:
 *
 *   call         its struct of arguments
 *   DO(what)     its function NAME_what
 *   list(call)   its tensors
 *   WORKSPACE    the bytes that its manifest's formulas give, for 1 and for 3 pieces
 */
#ifndef TENSORS_H
#define TENSORS_H

#include <stddef.h>
#include <stdint.h>

enum { MAX_RANK = 8, MAX_TENSORS = 32 };

typedef struct tensor {
  const char *name;
  const void **data; /* the fields of the call; null where there are no axes */
  int64_t *shape, *strides;
  int rank, element, output, optional;
} tensor;

/* How many there are. */
typedef struct tensors {
  int count;
  tensor all[MAX_TENSORS];
} tensors;

#endif
