// RUN: mixc-opt --print-mix --split-input-file --verify-diagnostics --mlir-print-op-on-diagnostic=false %s -o /dev/null

mixer.func @noword(%x "x": !mixer.tensor<[s0], f32>) -> ("y": !mixer.tensor<[s0], f32>) extents [<"N">] {
  %y = mixer.eq "y" [i: s0] : f32 (%i) {
    %0 = mixer.at %x[%i] : !mixer.tensor<[s0], f32>
    // expected-error @below {{can't be printed as .mix: the language has no word for this op}}
    %1 = math.fma %0, %0, %0 : f32
    mixer.yield %1 : f32
  }
  mixer.return %y : !mixer.tensor<[s0], f32>
}

// -----

// expected-error @below {{can't be printed as .mix: an axis that is declared begins at 0}}
mixer.func @axis(%x "x": !mixer.tensor<[-1 to s0], f32>) -> ("y": !mixer.tensor<[s0], f32>) extents [<"N">] {
  %y = mixer.eq "y" [i: s0] : f32 (%i) {
    %0 = mixer.at %x[%i - 1] : !mixer.tensor<[-1 to s0], f32>
    mixer.yield %0 : f32
  }
  mixer.return %y : !mixer.tensor<[s0], f32>
}

// -----

// expected-error @below {{can't be printed as .mix: `complex<f64>` has no name}}
mixer.func @element(%x "x": !mixer.tensor<[s0], complex<f64>>) -> ("y": !mixer.tensor<[s0], f64>) extents [<"N">] {
  %y = mixer.eq "y" [i: s0] : f64 (%i) {
    %0 = mixer.at %x[%i] : !mixer.tensor<[s0], complex<f64>>
    %1 = complex.re %0 : complex<f64>
    mixer.yield %1 : f64
  }
  mixer.return %y : !mixer.tensor<[s0], f64>
}

// -----

mixer.func @table(%x "x": !mixer.tensor<[s0], f32>) -> ("y": !mixer.tensor<[s0], f32>) extents [<"N">] {
  // expected-error @below {{can't be printed as .mix: a table has one axis and holds integers, f32 or bools}}
  %t = mixer.table dense<[[1], [2]]> : tensor<2x1xi64> -> !mixer.tensor<[2, 1], i64>
  %y = mixer.eq "y" [i: s0] : f32 (%i) {
    %0 = mixer.at %x[%i] : !mixer.tensor<[s0], f32>
    mixer.yield %0 : f32
  }
  mixer.return %y : !mixer.tensor<[s0], f32>
}

// -----

mixer.func @unsigned(%x "x": !mixer.tensor<[s0], i32>) -> ("y": !mixer.tensor<[s0], i1>) extents [<"N">] {
  %y = mixer.eq "y" [i: s0] : i1 (%i) {
    %0 = mixer.at %x[%i] : !mixer.tensor<[s0], i32>
    // expected-error @below {{can't be printed as .mix: the language has no unsigned comparisons}}
    %1 = arith.cmpi ult, %0, %i : index
    mixer.yield %1 : i1
  }
  mixer.return %y : !mixer.tensor<[s0], i1>
}

// -----

// expected-error @below {{can't be printed as .mix: a mixer has an argument}}
mixer.func @nothing() -> ("y": !mixer.tensor<[s0], i64>) extents [<"N">] {
  %y = mixer.eq "y" [i: s0] : i64 (%i) {
    mixer.yield %i : index
  }
  mixer.return %y : !mixer.tensor<[s0], i64>
}
