//! What availability has a part in.
//!
//! Whatever is worked out once keeps whether availability was read on the way, and whoever reads it has read it too.
//! What never read it is the same at both levels. The first zone is active at both, so what is there for each active
//! zone is the same at both for that one.
//!
//! ```sol
//! resource nat per active zone: AWS.EC2.NatGateway { … }   // how many there are turns
//! NatGatewayId = nat.first.ref                             // does not
//! MultiAZ      = env.availability == multi_az              // turns
//! ```
//! Invariant: a value that would differ at the other level turns; one that turns need not differ.

use super::value::Value;
use super::{Evaluation, Frame};
use solc_check::hir::{ExprId, ExprKind, Ty};
use solc_source::Name;
use std::ops::BitOrAssign;

/// The part that availability had in something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Turns {
    /// It says what it is.
    value: bool,
    /// It says for which zones it is there.
    zones: bool,
}

impl Turns {
    /// It says what something is.
    pub(crate) const VALUE: Self = Self { value: true, zones: false };
    /// It says for which zones something is there.
    pub(crate) const ZONES: Self = Self { value: false, zones: true };

    /// Whether it had any.
    pub(crate) fn holds(self) -> bool {
        self.value || self.zones
    }

    /// The same, where that matters.
    pub(crate) fn only_if(self, matters: bool) -> Self {
        if matters { self } else { Self::default() }
    }
}

impl BitOrAssign for Turns {
    fn bitor_assign(&mut self, other: Self) {
        self.value |= other.value;
        self.zones |= other.zones;
    }
}

impl<'a> Evaluation<'a> {
    /// Does some work, and says what part availability had in it.
    pub(crate) fn tracked<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> (T, Turns) {
        let before = std::mem::take(&mut self.turns);
        let result = work(self);
        let turns = self.turns;
        self.turns |= before;
        (result, turns)
    }

    /// Does some work whose result nothing is made of.
    pub(crate) fn aside<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.turns;
        let result = work(self);
        self.turns = before;
        result
    }

    /// Notes that something was read.
    pub(crate) fn read(&mut self, turns: Turns) {
        self.turns |= turns;
    }

    /// The part that availability had so far in what is being worked out.
    pub(crate) fn turns(&self) -> Turns {
        self.turns
    }

    /// A map of zones of which one element is about to be taken. Whether its zones turn is read only where the
    /// element is not of the first zone: see [`Self::took`].
    pub(crate) fn eval_zones(&mut self, frame: &mut Frame<'a>, base: ExprId) -> (Value, Turns) {
        let member = matches!(frame.body.expr(base).kind, ExprKind::Member(_))
            && matches!(frame.body.ty(base), Ty::ZoneMap { active: true, .. });
        if !member {
            return (self.eval(frame, base), Turns::default());
        }
        let before = self.turns;
        let (value, turns) = self.tracked(|this| this.eval(frame, base));
        self.turns = before;
        self.read(Turns { zones: false, ..turns });
        (value, Turns { value: false, ..turns })
    }

    /// Notes that the element of a zone was taken out of a map.
    pub(crate) fn took(&mut self, zones: Turns, key: Option<&Name>) {
        self.read(zones.only_if(!self.is_first_zone(key)));
    }

    /// Whether a zone is the one that is active at every level.
    pub(crate) fn is_first_zone(&self, key: Option<&Name>) -> bool {
        key.is_some() && key == self.zones.first().map(|(letter, _)| letter)
    }
}
