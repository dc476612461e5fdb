//! What Ctrl-C means while stacks are changed.
//!
//! Invariant: the first one leaves what runs running, and says how to come back. Only who asked for it beforehand
//! cancels with a second one within five seconds.

use solc_deploy::engine::{Control, Wish};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// How long a second one is waited for.
const AGAIN: Duration = Duration::from_secs(5);

/// Hears the terminal and the system.
#[derive(Debug)]
pub(crate) struct Interrupt {
    start: Instant,
    times: Arc<AtomicUsize>,
    first: Arc<AtomicU64>,
    cancels: bool,
}

impl Interrupt {
    /// Listens from now on. With `cancels`, twice cancels.
    pub(crate) fn listen(cancels: bool) -> Self {
        #[expect(clippy::disallowed_methods, reason = "how long ago a key was pressed changes no output")]
        let start = Instant::now();
        let (times, first) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicU64::new(0)));
        let (count, at) = (times.clone(), first.clone());
        let heard = move || {
            if count.fetch_add(1, Ordering::SeqCst) == 0 {
                at.store(millis(start.elapsed()), Ordering::SeqCst);
                if cancels {
                    eprint_line("press Ctrl-C again to cancel what runs; without, it is left running");
                }
            }
        };
        // Without a handler Ctrl-C ends the program, and the journal says where it was: it can be resumed all the same.
        let _ = ctrlc::set_handler(heard);
        Self { start, times, first, cancels }
    }
}

impl Control for Interrupt {
    fn wish(&self) -> Wish {
        match (self.times.load(Ordering::SeqCst), self.cancels) {
            (0, _) => Wish::GoOn,
            (1, true) => {
                let first = self.first.load(Ordering::SeqCst);
                if millis(self.start.elapsed()).saturating_sub(first) < millis(AGAIN) {
                    Wish::GoOn
                } else {
                    Wish::Detach
                }
            }
            (_, true) => Wish::Cancel,
            (_, false) => Wish::Detach,
        }
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn eprint_line(line: &str) {
    use std::io::Write as _;
    // There is nobody to tell when standard error is gone.
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}
