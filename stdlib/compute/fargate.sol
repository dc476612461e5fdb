/// Whether Fargate has machines of this shape.
fn fargate_has(cpu: Vcpu, memory: Size) -> Bool = match cpu.cpu_units {
  256 => memory == 512MiB or memory == 1GiB or memory == 2GiB
  512 => memory >= 1GiB and memory <= 4GiB
  1024 => memory >= 2GiB and memory <= 8GiB
  2048 => memory >= 4GiB and memory <= 16GiB
  4096 => memory >= 8GiB and memory <= 30GiB
  8192 => memory >= 16GiB and memory <= 60GiB
  16384 => memory >= 32GiB and memory <= 120GiB
  _ => false
}

/// A processor's kind.
enum Architecture { arm64, x86_64 }

/// A user id that is not root's, with its group's if it matters.
type UserId = String where /^[1-9][0-9]*(:[0-9]+)?$/

/// The name of a container's scratch directory among its volumes.
fn scratch_name(path: String) -> String = "scratch${path.replace("/", "-")}"
