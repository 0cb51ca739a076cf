// RUN: mixc-opt %s --verify-diagnostics --split-input-file

// expected-error@+1 {{has a tensor of type 'index'}}
plan.func @f extents () args (%x "x": index) outs () { plan.return }

// -----

// expected-error@+1 {{has 0 body arguments for 1 extents and 0 tensors}}
"plan.func"() <{sym_name = "f", extent_names = ["B"], arg_names = [], result_names = []}> ({ "plan.return"() : () -> () }) : () -> ()

// -----

// expected-error@+1 {{has an extent of type 'i64'}}
"plan.func"() <{sym_name = "f", extent_names = ["B"], arg_names = [], result_names = []}> ({
^bb0(%b: i64):
  "plan.return"() : () -> ()
}) : () -> ()

// -----

tile.kernel @k grid () args () { tile.return }
plan.func @f extents (%B "B") args () outs () {
  %true = arith.constant true
  plan.launch @k grid () args () scratch %B
  // expected-error@+1 {{stands between two launches}}
  plan.check %true, "too late"
  plan.launch @k grid () args () scratch %B
  plan.return
}

// -----

plan.func @f extents (%B "B") args () outs () {
  %true = arith.constant true
  scf.if %true {
    // expected-error@+1 {{expects parent op 'plan.func'}}
    plan.check %true, "nested"
  }
  plan.return
}

// -----

plan.func @f extents () args (%x "x": !tile.view<1, i8>) outs () {
  %0 = arith.constant 0.0 : f32
  // expected-error@+1 {{has a value of type 'f32', elements of '!tile.view<1, i8>' compute as 'index'}}
  %1 = plan.default %x = %0 : f32, !tile.view<1, i8>
  plan.return
}

// -----

plan.func @f extents () args (%x "x": !tile.view<1, f32, unit>) outs () {
  %0 = arith.constant 0.0 : f32
  // expected-error@+1 {{gives a view whose last stride may be 0}}
  %1 = plan.default %x = %0 : f32, !tile.view<1, f32, unit>
  plan.return
}

// -----

plan.func @f extents (%B "B") args () outs () {
  // expected-error@+1 {{has 1 sizes for '!tile.view<2, f32, unit>'}}
  %0 = plan.buffer "t" (%B) : !tile.view<2, f32, unit>
  plan.return
}

// -----

plan.func @f extents (%B "B") args () outs () {
  // expected-error@+1 {{launches @g, which is no kernel}}
  plan.launch @g grid () args () scratch %B
  plan.return
}

// -----

tile.kernel @k grid (%i) args () { tile.return }
plan.func @f extents (%B "B") args () outs () {
  // expected-error@+1 {{has 0 grid sizes, @k has 1 indices}}
  plan.launch @k grid () args () scratch %B
  plan.return
}

// -----

tile.kernel @k grid () args (%n: index) { tile.return }
plan.func @f extents (%B "B") args () outs () {
  // expected-error@+1 {{has 0 arguments, @k takes 1}}
  plan.launch @k grid () args () scratch %B
  plan.return
}

// -----

tile.kernel @k grid () args (%x: !tile.view<1, f32, unit>) { tile.return }
plan.func @f extents (%B "B") args (%x "x": !tile.view<1, f32>) outs () {
  // expected-error@+1 {{gives '!tile.view<1, f32>' as argument 0, @k takes '!tile.view<1, f32, unit>'}}
  plan.launch @k grid () args (%x : !tile.view<1, f32>) scratch %B
  plan.return
}

// -----

plan.func @f extents () args (%x "x": !tile.view<1, f32>) outs () {
  // expected-error@+1 {{asks for axis 1 of '!tile.view<1, f32>'}}
  %0 = plan.stride %x[1] : !tile.view<1, f32>
  plan.return
}
