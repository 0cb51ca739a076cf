// RUN: mixc-opt --split-input-file --verify-diagnostics --mlir-print-op-on-diagnostic=false %s

// One case for each message of the verifiers, in their order in MixerTypes.cpp and MixerOps.cpp.

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

// expected-error @below {{can't hold elements of type 'i3'}}
func.func private @element(!mixer.tensor<[s0], i3>)

// -----

// expected-error @below {{expected an index expression}}
func.func private @bound(!mixer.tensor<[d0], f32>)

// -----

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

// expected-error @below {{needs one name and one `optional` flag an argument}}
"mixer.func"() ({
^bb0(%x: !mixer.tensor<[], f32>):
  mixer.return
}) {sym_name = "f", arg_names = [], arg_optional = array<i1: false>, result_names = [], result_types = [], extents = []} : () -> ()

// -----

// expected-error @below {{needs one name a result}}
"mixer.func"() ({
  mixer.return
}) {sym_name = "f", arg_names = [], arg_optional = array<i1>, result_names = ["y"], result_types = [], extents = []} : () -> ()

// -----

// expected-error @below {{extent 0 is no extent}}
"mixer.func"() ({
  mixer.return
}) {sym_name = "f", arg_names = [], arg_optional = array<i1>, result_names = [], result_types = [], extents = [1]} : () -> ()

// -----

// expected-error @below {{has two extents "N"}}
mixer.func @f() -> () extents [<"N">, <"N">] {
  mixer.return
}

// -----

// expected-error @below {{extent "T" has a wrong number of operands}}
mixer.func @f() -> () extents [<"N">, <"T" = min(s0)>] {
  mixer.return
}

// -----

// expected-error @below {{extent "T" depends on a later one}}
mixer.func @f() -> () extents [<"T" = min(s1, 4)>, <"N">] {
  mixer.return
}

// -----

// expected-error @below {{argument "x" is no mixer tensor}}
mixer.func @f(%x "x": f32) -> () extents [] {
  mixer.return
}

// -----

// expected-error @below {{uses extent s1, but the function has 1}}
mixer.func @f(%x "x": !mixer.tensor<[s1], f32>) -> () extents [<"N">] {
  mixer.return
}

// -----

// expected-error @below {{needs a body that ends in `mixer.return`}}
mixer.func @f() -> () extents [] {
  llvm.unreachable
}

// -----

mixer.func @f() -> ("y": !mixer.tensor<[], f32>) extents [] {
  // expected-error @below {{has 0 values for 1 results}}
  mixer.return
}

// -----

mixer.func @f(%x "x": !mixer.tensor<[], f32>) -> ("y": !mixer.tensor<[], bf16>) extents [] {
  // expected-error @below {{gives "y" a value of type '!mixer.tensor<[], f32>', declared !mixer.tensor<[], bf16>}}
  mixer.return %x : !mixer.tensor<[], f32>
}

// -----

mixer.func @f() -> () extents [] {
  // expected-error @below {{must yield one scalar of type 'i1'}}
  mixer.fact "c" {
    %c0 = arith.constant 0 : index
    mixer.yield %c0 : index
  }
  mixer.return
}

// -----

mixer.func @f() -> () extents [] {
  // expected-error @below {{needs a body with 0 index arguments}}
  mixer.fact "c" {
  ^bb0(%i: index):
    %true = arith.constant true
    mixer.yield %true : i1
  }
  mixer.return
}

// -----

mixer.func @f() -> () extents [] {
  // expected-error @below {{needs a body that ends in `mixer.yield`}}
  mixer.fact "c" {
    llvm.unreachable
  }
  mixer.return
}

// -----

mixer.func @f(%x "x": !mixer.tensor<[], f32>) -> () extents [] {
  // expected-error @below {{is of an optional argument only}}
  %y = mixer.default %x {
    %0 = arith.constant 0.0 : f32
    mixer.yield %0 : f32
  } : !mixer.tensor<[], f32>
  mixer.return
}

// -----

//===----------------------------------------------------------------------===//
// Equations
//===----------------------------------------------------------------------===//

mixer.func @f() -> () extents [<"N">] {
  // expected-error @below {{has 1 index names for rank 2}}
  %y = "mixer.eq"() ({
  ^bb0(%i: index, %j: index):
    %0 = arith.constant 0.0 : f32
    mixer.yield %0 : f32
  }) {name = "y", index_names = ["i"]} : () -> !mixer.tensor<[s0, s0], f32>
  mixer.return
}

// -----

mixer.func @f() -> () extents [<"N">] {
  // expected-error @below {{must yield one scalar of type 'f32'}}
  %y = mixer.eq "y" [i: s0] : bf16 (%i) {
    mixer.yield %i : index
  }
  mixer.return
}

// -----

mixer.func @f(%x "x": !mixer.tensor<[s0], bf16>) -> () extents [<"N">] {
  %y = mixer.eq "y" [i: s0] : i64 (%i) {
    // expected-error @below {{reads elements of '!mixer.tensor<[s0], bf16>' as 'index', expected 'f32'}}
    %0 = "mixer.at"(%x, %i) {map = affine_map<(d0) -> (d0)>} : (!mixer.tensor<[s0], bf16>, index) -> index
    mixer.yield %0 : index
  }
  mixer.return
}

// -----

mixer.func @f(%x "x": !mixer.tensor<[s0], f32>) -> () extents [<"N">] {
  %y = mixer.eq "y" [i: s0] : f32 (%i) {
    // expected-error @below {{has 2 subscripts, expected 1}}
    %0 = mixer.at %x[%i, %i] : !mixer.tensor<[s0], f32>
    mixer.yield %0 : f32
  }
  mixer.return
}

// -----

mixer.func @f(%x "x": !mixer.tensor<[s0], f32>) -> () extents [<"N">] {
  %y = mixer.eq "y" [i: s0] : f32 (%i) {
    // expected-error @below {{has subscripts over 1 dims for 2 operands}}
    %0 = "mixer.at"(%x, %i, %i) {map = affine_map<(d0) -> (d0)>} : (!mixer.tensor<[s0], f32>, index, index) -> f32
    mixer.yield %0 : f32
  }
  mixer.return
}

// -----

mixer.func @f() -> () extents [<"N">] {
  %y = mixer.eq "y" [i: s0] : i64 (%i) {
    // expected-error @below {{has 2 results, expected 1}}
    %0 = "mixer.apply"(%i) {map = affine_map<(d0) -> (d0, d0)>} : (index) -> index
    mixer.yield %0 : index
  }
  mixer.return
}

// -----

mixer.func @f() -> () extents [] {
  // expected-error @below {{has values of type 'tensor<2xi64>' for '!mixer.tensor<[3], i64>'}}
  %t = mixer.table dense<[1, 2]> : tensor<2xi64> -> !mixer.tensor<[3], i64>
  mixer.return
}

// -----

mixer.func @f() -> () extents [] {
  // expected-error @below {{has values of type 'tensor<2xi64>' for '!mixer.tensor<[2], f32>'}}
  %t = mixer.table dense<[1, 2]> : tensor<2xi64> -> !mixer.tensor<[2], f32>
  mixer.return
}

// -----

//===----------------------------------------------------------------------===//
// Ops that bind indices
//===----------------------------------------------------------------------===//

mixer.func @f() -> () extents [<"N">] {
  %y = mixer.eq "y" [i: s0] : f32 (%i) {
    // expected-error @below {{binds no index}}
    %0 = mixer.reduce sum [] : f32 () {
      %1 = arith.constant 0.0 : f32
      mixer.yield %1 : f32
    }
    mixer.yield %0 : f32
  }
  mixer.return
}

// -----

mixer.func @f() -> () extents [<"N">] {
  %y = mixer.eq "y" [i: s0] : f32 (%i) {
    // expected-error @below {{any and all reduce truth values}}
    %0 = mixer.reduce any [j: s0] : f32 (%j) {
      %1 = arith.constant 0.0 : f32
      mixer.yield %1 : f32
    }
    mixer.yield %0 : f32
  }
  mixer.return
}

// -----

mixer.func @f() -> () extents [<"N">] {
  %y = mixer.eq "y" [i: s0] : f32 (%i) {
    // expected-error @below {{argmax and argmin compare real values and give an integer}}
    %0 = mixer.reduce argmax [j: s0] : f32 (%j) {
      %1 = arith.constant 0.0 : f32
      mixer.yield %1 : f32
    }
    mixer.yield %0 : f32
  }
  mixer.return
}

// -----

mixer.func @f() -> () extents [<"N">] {
  %y = mixer.eq "y" [i: s0] : i64 (%i) {
    // expected-error @below {{mean and logsumexp give a float}}
    %0 = mixer.reduce mean [j: s0] : index (%j) {
      mixer.yield %j : index
    }
    mixer.yield %0 : index
  }
  mixer.return
}

// -----

mixer.func @f() -> () extents [<"N">] {
  %y = mixer.eq "y" [i: s0] : f32 (%i) {
    // expected-error @below {{reduces values of type 'index' to 'f32'}}
    %0 = mixer.reduce sum [j: s0] : f32 (%j) {
      mixer.yield %j : index
    }
    mixer.yield %0 : f32
  }
  mixer.return
}

// -----

mixer.func @f() -> () extents [<"N">] {
  %y = mixer.eq "y" [i: s0] : f32 (%i) {
    // expected-error @below {{needs one position an index}}
    %0 = mixer.along softmax [j: s0] at (%i, %i) : f32 (%j) {
      %1 = arith.constant 0.0 : f32
      mixer.yield %1 : f32
    }
    mixer.yield %0 : f32
  }
  mixer.return
}

// -----

mixer.func @f() -> () extents [<"N">] {
  %y = mixer.eq "y" [i: s0] : i64 (%i) {
    // expected-error @below {{normalises real floats}}
    %0 = mixer.along softmax [j: s0] at (%i) : index (%j) {
      mixer.yield %j : index
    }
    mixer.yield %0 : index
  }
  mixer.return
}

// -----

mixer.func @f() -> () extents [<"N">] {
  %y = mixer.eq "y" [i: s0] : i64 (%i) {
    // expected-error @below {{orders the candidates of one index}}
    %0 = mixer.order argtop [j: s0, k: s0] rank %i : index (%j, %k) {
      mixer.yield %j : index
    }
    mixer.yield %0 : index
  }
  mixer.return
}

// -----

mixer.func @f() -> () extents [<"N">] {
  %y = mixer.eq "y" [i: s0] : i64 (%i) {
    // expected-error @below {{orders real values}}
    %0 = mixer.order argtop [j: s0] rank %i : index (%j) {
      %1 = complex.constant [0.0 : f32, 0.0 : f32] : complex<f32>
      mixer.yield %1 : complex<f32>
    }
    mixer.yield %0 : index
  }
  mixer.return
}

// -----

mixer.func @f() -> () extents [<"N">] {
  %y = mixer.eq "y" [i: s0] : f32 (%i) {
    // expected-error @below {{gives a value of type 'f32'}}
    %0 = mixer.order argtop [j: s0] rank %i : f32 (%j) {
      mixer.yield %j : index
    }
    mixer.yield %0 : f32
  }
  mixer.return
}

// -----

mixer.func @f() -> () extents [<"N">] {
  %y = mixer.eq "y" [i: s0] : f32 (%i) {
    // expected-error @below {{transforms along one index}}
    %0 = mixer.transform dct [j: s0, k: s0] at %i length s0 : f32 (%j, %k) {
      %1 = arith.constant 0.0 : f32
      mixer.yield %1 : f32
    }
    mixer.yield %0 : f32
  }
  mixer.return
}

// -----

mixer.func @f() -> () extents [<"N">] {
  %y = mixer.eq "y" [i: s0] : f32 (%i) {
    // expected-error @below {{takes values of type 'f32' to 'f32'}}
    %0 = mixer.transform rfft [j: s0] at %i length s0 : f32 (%j) {
      %1 = arith.constant 0.0 : f32
      mixer.yield %1 : f32
    }
    mixer.yield %0 : f32
  }
  mixer.return
}

// -----

//===----------------------------------------------------------------------===//
// Scatters and recurrences
//===----------------------------------------------------------------------===//

mixer.func @f() -> () extents [<"N">] {
  // expected-error @below {{takes an initial tensor of its own type with `overwrite`, none otherwise}}
  %y = mixer.scatter overwrite "y" [i: s0] : !mixer.tensor<[s0], i64> (%i) {
    mixer.yield %i, %i : index, index
  }
  mixer.return
}

// -----

mixer.func @f() -> () extents [<"N">] {
  // expected-error @below {{must yield 1 subscripts and a value of type 'f32'}}
  %y = mixer.scatter sum "y" [i: s0] : !mixer.tensor<[s0], f32> (%i) {
    mixer.yield %i, %i : index, index
  }
  mixer.return
}

// -----

mixer.func @f() -> () extents [<"N">] {
  // expected-error @below {{needs a range and a direction for each time index}}
  mixer.recur [] () carry () {
    mixer.yield
  }
  mixer.return
}

// -----

mixer.func @f() -> () extents [<"N">] {
  // expected-error @below {{needs one body argument a time index and a history, and one result a history}}
  %h = "mixer.recur"() ({
  ^bb0(%n: index):
    mixer.yield
  }) {names = ["h"], index_names = ["n"], lower = affine_map<() -> (0)>, upper = affine_map<()[s0] -> (s0)>,
      reverse = array<i1: false>, init_carry = array<i64>, init_maps = []} : () -> !mixer.tensor<[s0], f32>
  mixer.return
}

// -----

mixer.func @f() -> () extents [<"N">] {
  // expected-error @below {{needs time indices of type index}}
  "mixer.recur"() ({
  ^bb0(%n: f32):
    mixer.yield
  }) {names = [], index_names = ["n"], lower = affine_map<() -> (0)>, upper = affine_map<()[s0] -> (s0)>,
      reverse = array<i1: false>, init_carry = array<i64>, init_maps = []} : () -> ()
  mixer.return
}

// -----

mixer.func @f() -> () extents [<"N">] {
  // expected-error @below {{must yield every history}}
  %h = mixer.recur [n: s0] (%n) carry (%H "h": !mixer.tensor<[s0], f32>) {
    mixer.yield
  }
  mixer.return
}

// -----

mixer.func @f() -> () extents [<"N">] {
  // expected-error @below {{has a history of different types inside and outside}}
  %h = "mixer.recur"() ({
  ^bb0(%n: index, %H: !mixer.tensor<[s0], bf16>):
    mixer.yield %H : !mixer.tensor<[s0], bf16>
  }) {names = ["h"], index_names = ["n"], lower = affine_map<() -> (0)>, upper = affine_map<()[s0] -> (s0)>,
      reverse = array<i1: false>, init_carry = array<i64>, init_maps = []} : () -> !mixer.tensor<[s0], f32>
  mixer.return
}

// -----

mixer.func @f() -> () extents [<"N">] {
  // expected-error @below {{must yield each history with this step appended}}
  %h = mixer.recur [n: s0] (%n) carry (%H "h": !mixer.tensor<[s0], f32>) {
    mixer.yield %H : !mixer.tensor<[s0], f32>
  }
  mixer.return
}

// -----

mixer.func @f(%x "x": !mixer.tensor<[], f32>) -> () extents [<"N">] {
  // expected-error @below {{needs a history and a place for each initial slice}}
  %h = "mixer.recur"(%x) ({
  ^bb0(%n: index, %H: !mixer.tensor<[s0], f32>):
    %H1 = mixer.append %x to %H at affine_map<(d0) -> (d0)> times (%n) : !mixer.tensor<[], f32>, !mixer.tensor<[s0], f32>
    mixer.yield %H1 : !mixer.tensor<[s0], f32>
  }) {names = ["h"], index_names = ["n"], lower = affine_map<() -> (0)>, upper = affine_map<()[s0] -> (s0)>,
      reverse = array<i1: false>, init_carry = array<i64>, init_maps = []} : (!mixer.tensor<[], f32>) -> !mixer.tensor<[s0], f32>
  mixer.return
}

// -----

mixer.func @f(%x "x": !mixer.tensor<[], f32>) -> () extents [<"N">] {
  // expected-error @below {{has an initial slice of history 1 of 1}}
  %h = mixer.recur [n: s0] init (%x : !mixer.tensor<[], f32> to 1 at () -> (-1)) (%n) carry (%H "h": !mixer.tensor<[-1 to s0], f32>) {
    %H1 = mixer.append %x to %H at affine_map<(d0) -> (d0)> times (%n) : !mixer.tensor<[], f32>, !mixer.tensor<[-1 to s0], f32>
    mixer.yield %H1 : !mixer.tensor<[-1 to s0], f32>
  }
  mixer.return
}

// -----

mixer.func @f(%x "x": !mixer.tensor<[], f32>, %b "b": !mixer.tensor<[], bf16>) -> () extents [<"N">] {
  // expected-error @below {{can't put a slice '!mixer.tensor<[], bf16>' into '!mixer.tensor<[-1 to s0], f32>'}}
  %h = mixer.recur [n: s0] init (%b : !mixer.tensor<[], bf16> to 0 at () -> (-1)) (%n) carry (%H "h": !mixer.tensor<[-1 to s0], f32>) {
    %H1 = mixer.append %x to %H at affine_map<(d0) -> (d0)> times (%n) : !mixer.tensor<[], f32>, !mixer.tensor<[-1 to s0], f32>
    mixer.yield %H1 : !mixer.tensor<[-1 to s0], f32>
  }
  mixer.return
}

// -----

mixer.func @f(%x "x": !mixer.tensor<[], bf16>) -> () extents [<"N">] {
  %h = mixer.recur [n: s0] (%n) carry (%H "h": !mixer.tensor<[s0], f32>) {
    // expected-error @below {{puts elements of '!mixer.tensor<[], bf16>' into '!mixer.tensor<[s0], f32>'}}
    %H1 = mixer.append %x to %H at affine_map<(d0) -> (d0)> times (%n) : !mixer.tensor<[], bf16>, !mixer.tensor<[s0], f32>
    mixer.yield %H1 : !mixer.tensor<[s0], f32>
  }
  mixer.return
}

// -----

mixer.func @f(%x "x": !mixer.tensor<[], f32>) -> () extents [<"N">] {
  %h = mixer.recur [n: s0] (%n) carry (%H "h": !mixer.tensor<[s0], f32>) {
    // expected-error @below {{takes the time indices of its recurrence, in order}}
    %H1 = mixer.append %x to %H at affine_map<() -> (0)> times () : !mixer.tensor<[], f32>, !mixer.tensor<[s0], f32>
    mixer.yield %H1 : !mixer.tensor<[s0], f32>
  }
  mixer.return
}

// -----

//===----------------------------------------------------------------------===//
// Scalars
//===----------------------------------------------------------------------===//

mixer.func @f() -> () extents [<"N">] {
  %y = mixer.eq "y" [i: s0] : f32 (%i) {
    // expected-error @below {{silu can't take 'index' to 'f32'}}
    %0 = mixer.fn silu(%i) : (index) -> f32
    mixer.yield %0 : f32
  }
  mixer.return
}

// -----

mixer.func @f() -> () extents [<"N">] {
  %y = mixer.eq "y" [i: s0] : i64 (%i) {
    // expected-error @below {{floordiv can't take 'index' to 'index'}}
    %0 = mixer.fn floordiv(%i) : (index) -> index
    mixer.yield %0 : index
  }
  mixer.return
}

// -----

mixer.func @f() -> () extents [<"N">] {
  %y = mixer.eq "y" [i: s0] : i64 (%i) {
    // expected-error @below {{can't round to 'i3'}}
    %0 = mixer.cast %i to i3 : index -> index
    mixer.yield %0 : index
  }
  mixer.return
}

// -----

mixer.func @f() -> () extents [<"N">] {
  %y = mixer.eq "y" [i: s0] : i64 (%i) {
    // expected-error @below {{gives 'index', expected 'f32'}}
    %0 = mixer.cast %i to bf16 : index -> index
    mixer.yield %0 : index
  }
  mixer.return
}

// -----

mixer.func @f() -> () extents [<"N">] {
  %y = mixer.eq "y" [i: s0] : f32 (%i) {
    %0 = complex.constant [0.0 : f32, 0.0 : f32] : complex<f32>
    // expected-error @below {{can't make a complex number real: take its `re`}}
    %1 = mixer.cast %0 to f32 : complex<f32> -> f32
    mixer.yield %1 : f32
  }
  mixer.return
}
