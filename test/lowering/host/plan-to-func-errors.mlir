// RUN: mixc-opt %s --plan-to-func --split-input-file --verify-diagnostics

plan.func @f extents (%N "N") args () outs () {
  // expected-error@+1 {{has no slot: `plan-layout` has not run}}
  %b = plan.buffer "b" (%N) : !tile.view<1, f32, unit>
  plan.return
}

// -----

plan.func @f extents (%N "N") args (%n "n": !tile.view<0, i32>) outs () {
  %count = tile.load %n[] : !tile.view<0, i32> -> index
  // expected-error@+1 {{has a size that depends on more than the extents}}
  %b = plan.buffer "b" (%count) {slot = 0 : i64} : !tile.view<1, f32, unit>
  plan.return
}
