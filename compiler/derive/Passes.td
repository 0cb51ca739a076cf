//===- Passes.td - the passes of compiler/derive ----------------*- tablegen -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===--------------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_DERIVE_PASSES_TD
#define MIXC_COMPILER_DERIVE_PASSES_TD

include "mlir/Pass/PassBase.td"

def DeriveFixedExtents : Pass<"derive-fixed-extents", "mixer::FuncOp"> {
  let summary = "puts the values of fixed extents in their places";
  let description = [{
    An extent `#mixer.extent<"D" = 64>` stays in the list, and every `s3` that stood for it becomes 64: in types, ranges and
    subscripts. The launch checks that the caller's size is that one.
  }];
}

def DeriveNormalisers : Pass<"derive-normalisers", "mixer::FuncOp"> {
  let summary = "expands normalisers, logsumexp, mean and transforms into sums and maxima";
  let description = [{
    ```
    p[i,j] = softmax[j](t[i,j])    =>   m[i] = max[j](t[i,j]);  x[i,j] = expdiff(t[i,j], m[i]);
                                        z[i] = sum[j](x[i,j]);  p[i,j] = if z[i] == 0 then 0 else x[i,j] / z[i]
    l[i]   = logsumexp[j](t[i,j])  =>   l[i] = m[i] + log(z[i])            // the same m and z
    y[f]   = fft[n](x[n], at=f)    =>   w[k] = cis(-2 pi k / N);  y[f] = sum[n](x[n] * w[f * n % N])
    ```
    The exponentials it makes are `expdiff ... because member` (Inv 4). Left alone: the other reductions and order statistics.
  }];
  let dependentDialects = ["arith::ArithDialect", "math::MathDialect", "complex::ComplexDialect"];
}

def DeriveReductions : Pass<"derive-reductions", "mixer::FuncOp"> {
  let summary = "gives every reduction an equation of its own";
  let description = [{
    A reduction or order statistic inside a larger expression becomes an equation over just the indices it depends on; the
    expression reads it. With its guards, so that nothing is read that the original did not read.
    ```
    y[i] = 2 * sum[j](a[i,j] * sum[k](b[k]))   =>   r[] = sum[k](b[k]);  s[i] = sum[j](a[i,j] * r[]);  y[i] = 2 * s[i]
    ```
    Left in place: a reduction that depends on an index whose range is known at run time only.
  }];
  let dependentDialects = ["arith::ArithDialect", "complex::ComplexDialect"];
}

def DeriveMerge : Pass<"derive-merge", "mixer::FuncOp"> {
  let summary = "merges equal equations and removes those that nobody reads";
  let description = [{
    Equations, scatters and recurrences that compute the same but for the names of tensors and indices become the first of them; of two
    equal outputs the second is a copy of the first. Removed is what no output depends on, histories of a recurrence among it.
    ```
    a[i] = sum[j](x[i,j]);  b[n] = sum[m](x[n,m]);  y[i] = a[i] * b[i]    =>   a[i] = sum[j](x[i,j]);  y[i] = a[i] * a[i]
    ```
  }];
}

def DeriveRecurrenceReaders : Pass<"derive-recurrence-readers", "mixer::FuncOp"> {
  let summary = "moves the readers of a history into the recurrence";
  let description = [{
    An equation over the same time range that reads a history at its own step becomes part of the step, and its tensor another history. Then of
    the first history only the steps that are still read need be kept (Inv 17). Two recurrences over one range become one loop where one reads
    the other's history, or an equation reads both, and it may not be stored.
    ```
    S = recur [n] { S[n,i] = ... }              =>   S, o = recur [n] { S[n,i] = ...;  o[n] = sum[i](q[n,i] * S[n,i]) }
    o[n] = sum[i](q[n,i] * S[n,i])
    ```
  }];
}

#endif // MIXC_COMPILER_DERIVE_PASSES_TD
