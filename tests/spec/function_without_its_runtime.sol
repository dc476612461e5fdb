use std.compute.Function

solution shop {
  biller: Function { image = image("biller", format: zip) } // error: [broken-invariant] "runtime" in all
}
