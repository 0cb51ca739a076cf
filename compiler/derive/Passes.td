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

def DeriveExponents : Pass<"derive-exponents", "mixer::FuncOp"> {
  let summary = "recognises exponentials below a maximum";
  let description = [{
    `exp(x - m)`, where m is a maximum and x one of its values, becomes `expdiff ... because member`: a softmax that is spelled by hand ends
    in the form of the normaliser. m may have a guard of its own, `if m == -inf then 0 else m`.
    ```
    m[i] = max[j](s[i,j])                 =>   m[i]   = max[j](s[i,j])
    x[i,j] = exp(s[i,j] - m[i])                x[i,j] = expdiff(s[i,j], m[i])
    ```
    Where a mask excludes a whole row, -inf - -inf is NaN as written without a guard and the exponential 0 after. Left alone: x that is
    computed otherwise than in the maximum, or over another range; a maximum that is rounded.
  }];
}

def DeriveHoist : Pass<"derive-hoist", "mixer::FuncOp"> {
  let summary = "moves the division by a normaliser out of the sum";
  let description = [{
    A factor `x / z` of a sum, in the sum or in an equation that it reads, where z does not depend on the summed index: the sum is of x, and
    the division happens once. Over an empty range the sum stays 0; so it does where z is 0 if that is how the division was guarded.
    ```
    p[i,j] = if z[i] == 0 then 0 else x[i,j] / z[i]   =>   a[i,e] = sum[j](x[i,j] * v[j,e])
    o[i,e] = sum[j](p[i,j] * v[j,e])                       o[i,e] = if z[i] == 0 then 0 else a[i,e] / z[i]
    ```
    Left alone: x that is not known to be at most 1, because the sum without the division could overflow; sums over a range that is known
    at run time only; steps of a recurrence.
  }];
  let dependentDialects = ["arith::ArithDialect", "scf::SCFDialect"];
}

def DeriveDomains : Pass<"derive-domains", "mixer::FuncOp"> {
  let summary = "makes conditions ranges of reductions";
  let description = [{
    Where a reduction's body is the combiner's identity unless a condition holds, itself or through the equations that it reads, the
    condition bounds the reduction: a sum leaves out what is 0, a maximum what is -inf. A condition that then holds wherever its equation is
    read goes. So all reductions over one masked score run over the same points, and evaluate no mask.
    ```
    t[i,j] = if j <= i + M - N then s[i,j] else -inf        =>   t[i,j] = s[i,j]
    m[i] = max[j](t[i,j])                                        m[i] = max[j in 0..i + M - N + 1](t[i,j])
    z[i] = sum[j](expdiff(t[i,j], m[i]))                         z[i] = sum[j in 0..i + M - N + 1](expdiff(t[i,j], m[i]))
    ```
    A bound is an affine expression over outer indices and extents in the reduction's map, with an operand each; where several bounds count,
    the operand is their `arith.maxsi` or `arith.minsi`. A bound that another one implies is left out.

    Left alone: conditions on data; alternatives, unless both bound the same side alike; argmax, argmin and order statistics. A condition
    stays in an equation that is an output or is read at other points too, and where it guards a read.
  }];
  let dependentDialects = ["arith::ArithDialect"];
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
