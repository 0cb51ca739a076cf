// RUN: mixc-opt %s --verify-diagnostics --split-input-file

// expected-error@+1 {{has a negative rank}}
tile.kernel @k grid () args (%x: !tile.view<-1, f32>) { tile.return }

// -----

// expected-error@+1 {{can't hold elements of type 'index'}}
tile.kernel @k grid () args (%x: !tile.view<1, index>) { tile.return }

// -----

// expected-error@+1 {{has no last axis of stride 1}}
tile.kernel @k grid () args (%x: !tile.view<0, f32, unit>) { tile.return }

// -----

// expected-error@+1 {{has an argument of type 'f32'}}
tile.kernel @k grid () args (%x: f32) { tile.return }

// -----

// expected-error@+1 {{writes views only}}
tile.kernel @k grid () args (%n: index out) { tile.return }

// -----

// expected-error@+1 {{has 0 body arguments for 1 grid indices and 0 arguments}}
"tile.kernel"() <{sym_name = "k", grid_names = ["i"], outputs = array<i1>}> ({ "tile.return"() : () -> () }) : () -> ()

// -----

// expected-error@+1 {{has a grid index of type 'f32'}}
"tile.kernel"() <{sym_name = "k", grid_names = ["i"], outputs = array<i1>}> ({
^bb0(%i: f32):
  "tile.return"() : () -> ()
}) : () -> ()

// -----

tile.kernel @k grid (%i) args (%x: !tile.view<2, f32>) {
  // expected-error@+1 {{has 1 indices for '!tile.view<2, f32>'}}
  %0 = tile.load %x[%i] : !tile.view<2, f32> -> f32
  tile.return
}

// -----

tile.kernel @k grid (%i) args (%x: !tile.view<1, bf16>) {
  // expected-error@+1 {{has a scalar of type 'f64', elements of '!tile.view<1, bf16>' compute as 'f32'}}
  %0 = tile.load %x[%i] : !tile.view<1, bf16> -> f64
  tile.return
}

// -----

tile.kernel @k grid (%i) args (%x: !tile.view<1, f32>) {
  %0 = arith.constant 0.0 : f32
  // expected-error@+1 {{writes a view that is no output of the kernel}}
  tile.store %0, %x[%i] : f32, !tile.view<1, f32>
  tile.return
}

// -----

tile.kernel @k grid (%i) args (%x: !tile.view<1, f32>, %y: !tile.view<1, f32>, %c: index) {
  %p = arith.cmpi eq, %c, %i : index
  %z = arith.select %p, %x, %y : !tile.view<1, f32>
  // expected-error@+1 {{takes a view that is neither an argument of the kernel nor a scratch}}
  %0 = tile.load %z[%i] : !tile.view<1, f32> -> f32
  tile.return
}

// -----

tile.kernel @k grid (%i) args (%n: index) {
  // expected-error@+1 {{has 1 sizes for '!tile.view<2, f32>'}}
  %0 = tile.scratch (%n) : !tile.view<2, f32>
  tile.return
}

// -----

tile.kernel @k grid (%i) args (%n: index) {
  %p = arith.cmpi eq, %n, %i : index
  scf.if %p {
    // expected-error@+1 {{stands at the top level of a kernel only}}
    %0 = tile.scratch (%n) : !tile.view<1, f32>
  }
  tile.return
}

// -----

tile.kernel @k grid (%i) args () {
  // expected-error@+1 {{rounds to 'i24', which is no element type}}
  %0 = tile.round %i to i24 : index -> index
  tile.return
}

// -----

tile.kernel @k grid (%i) args () {
  // expected-error@+1 {{gives 'f32', elements of type 'i8' compute as 'index'}}
  %0 = tile.round %i to i8 : index -> f32
  tile.return
}

// -----

tile.kernel @k grid (%i) args (%z: complex<f32>) {
  tile.return
}
// expected-error@-3 {{has an argument of type 'complex<f32>'}}

// -----

tile.kernel @k grid (%i) args (%x: !tile.view<1, complex<f32>>) {
  %0 = tile.load %x[%i] : !tile.view<1, complex<f32>> -> complex<f32>
  // expected-error@+1 {{takes a complex number to a complex element only}}
  %1 = tile.round %0 to f32 : complex<f32> -> f32
  tile.return
}

// -----

tile.kernel @k grid (%i) args (%x: !tile.view<1, f16, unit>, %o: !tile.view<1, i64, unit> out) {
  // expected-error@+1 {{has keys that are no vector of f32, f64 or i64 with stride 1}}
  tile.order %x to %o spare %o count %i ranks %i : !tile.view<1, f16, unit>, !tile.view<1, i64, unit>, !tile.view<1, i64, unit>
  tile.return
}

// -----

tile.kernel @k grid (%i) args (%x: !tile.view<1, f32, unit>, %o: !tile.view<1, i64> out) {
  // expected-error@+1 {{puts the order in vectors of i64 with stride 1}}
  tile.order %x to %o spare %o count %i ranks %i : !tile.view<1, f32, unit>, !tile.view<1, i64>, !tile.view<1, i64>
  tile.return
}

// -----

tile.kernel @k grid (%i) args (%x: !tile.view<2, f32>) {
  // expected-error@+1 {{lets axis 1 of 'tensor<8x4xf32>' run along no axis of the view}}
  %0 = tile.read %x[%i, %i] along [0, -1] valid (%i, %i) : !tile.view<2, f32> -> tensor<8x4xf32>
  tile.return
}

// -----

tile.kernel @k grid (%i) args (%x: !tile.view<2, f32>) {
  // expected-error@+1 {{has 1 counts for 'tensor<8x4xf32>'}}
  %0 = tile.read %x[%i, %i] along [0, 1] valid (%i) : !tile.view<2, f32> -> tensor<8x4xf32>
  tile.return
}

// -----

tile.kernel @k grid (%i) args (%x: !tile.view<1, f32>) {
  %0 = tile.read %x[%i] along [0] valid (%i) : !tile.view<1, f32> -> tensor<8xf32>
  // expected-error@+1 {{writes a view that is no output of the kernel}}
  tile.write %0, %x[%i] along [0] valid (%i) : tensor<8xf32>, !tile.view<1, f32>
  tile.return
}

// -----

func.func @f(%a: tensor<8x4xf32>, %b: tensor<5x4xf32>, %c: tensor<8x4xf32>, %n: index) {
  // expected-error@+1 {{gives 'tensor<8x4xf32>', the axes left of its operands are 'tensor<8x5xf32>'}}
  %0 = tile.dot %a, %b init %c contract [1, 1] valid %n : tensor<8x4xf32>, tensor<5x4xf32> -> tensor<8x4xf32>
  return
}

// -----

func.func @f(%a: tensor<8x4xf32>, %b: tensor<5x4xf32>, %c: tensor<4x4xf32>, %n: index) {
  // expected-error@+1 {{contracts axes of sizes 8 and 5}}
  %0 = tile.dot %a, %b init %c contract [0, 0] valid %n : tensor<8x4xf32>, tensor<5x4xf32> -> tensor<4x4xf32>
  return
}

// -----

func.func @f(%a: tensor<8x4xf32>, %n: index) {
  // expected-error@+1 {{makes 'tensor<4xf32>' of 'tensor<8x4xf32>' along axis 1}}
  %0 = tile.reduce sum %a axis 1 valid %n : tensor<8x4xf32> -> tensor<4xf32>
  return
}

// -----

func.func @f(%a: tensor<8xf32>) {
  // expected-error@+1 {{makes 'tensor<8x4xf32>' of 'tensor<8xf32>' along axis 1}}
  %0 = tile.broadcast %a along 1 : tensor<8xf32> -> tensor<8x4xf32>
  return
}

// -----

func.func @f(%n: index) {
  // expected-error@+1 {{counts along axis 1 of 'tensor<8xindex>'}}
  %0 = tile.iota %n along 1 : tensor<8xindex>
  return
}
