use std.compute.Function
use std.data.Bucket

solution shop {
  one: Bucket {}
  two: Bucket {}
  biller: Function {
    image = image("biller", format: zip)
    runtime = "python3.13"
    handler = "biller.handle"
    link one.read as store
    link two.read as store // error: [setting-collision] "STORE_BUCKET" in all
  }
}
