//! What lowering makes of one solution, numbered through the whole environment.
//!
//! Solutions of an environment name nothing of each other, so one is lowered after the other, and of those before
//! nothing needs to be at hand. Their ids are spent all the same: an id of a [`crate::Deployment`] is its index there.
//!
//! Invariant: an id of an earlier solution finds nothing here.

use std::marker::PhantomData;

/// An id that is an index into the deployment's arenas.
pub(crate) trait Id: Copy {
    /// The id of an index.
    fn at(index: usize) -> Self;
    /// As an index.
    fn position(self) -> usize;
}

/// The things of one kind that are at hand.
pub(crate) struct Arena<I, T> {
    base: usize,
    items: Vec<T>,
    id: PhantomData<I>,
}

impl<I, T> Default for Arena<I, T> {
    fn default() -> Self {
        Self { base: 0, items: Vec::new(), id: PhantomData }
    }
}

impl<I: Id, T> Arena<I, T> {
    /// How many are at hand.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.items.len()
    }

    /// The id that the next one gets.
    #[inline]
    pub(crate) fn next(&self) -> I {
        self.id(self.items.len())
    }

    /// The id of the one at a place among those at hand.
    #[inline]
    pub(crate) fn id(&self, place: usize) -> I {
        I::at(self.base + place)
    }

    /// The place of one among those at hand.
    #[inline]
    pub(crate) fn place(&self, id: I) -> Option<usize> {
        id.position().checked_sub(self.base).filter(|place| *place < self.items.len())
    }

    #[inline]
    pub(crate) fn push(&mut self, item: T) -> I {
        let id = self.next();
        self.items.push(item);
        id
    }

    #[inline]
    pub(crate) fn get(&self, id: I) -> Option<&T> {
        self.items.get(id.position().checked_sub(self.base)?)
    }

    #[inline]
    pub(crate) fn get_mut(&mut self, id: I) -> Option<&mut T> {
        self.items.get_mut(id.position().checked_sub(self.base)?)
    }

    pub(crate) fn iter(&self) -> std::slice::Iter<'_, T> {
        self.items.iter()
    }

    pub(crate) fn iter_mut(&mut self) -> std::slice::IterMut<'_, T> {
        self.items.iter_mut()
    }

    /// Each with its id.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (I, &T)> {
        self.items.iter().enumerate().map(|(place, item)| (self.id(place), item))
    }

    /// The ids of those at hand.
    pub(crate) fn ids(&self) -> impl Iterator<Item = I> + use<I, T> {
        let base = self.base;
        (0..self.items.len()).map(move |place| I::at(base + place))
    }

    /// Keeps some, which get new ids.
    pub(crate) fn retain(&mut self, keep: impl FnMut(&T) -> bool) {
        self.items.retain(keep);
    }

    /// Drops those at hand, and keeps their room for the next; their ids are spent.
    pub(crate) fn clear(&mut self) {
        self.base += self.items.len();
        self.items.clear();
    }

    /// Hands over those at hand; their ids are spent.
    pub(crate) fn take(&mut self) -> Vec<T> {
        self.base += self.items.len();
        std::mem::take(&mut self.items)
    }
}

#[cfg(test)]
mod tests {
    use super::Arena;
    use crate::model::LinkId;

    #[test]
    fn ids_go_on_and_those_that_are_spent_find_nothing() {
        let mut arena: Arena<LinkId, char> = Arena::default();
        let first = arena.push('a');
        assert_eq!(arena.get(first), Some(&'a'));
        assert_eq!(arena.take(), ['a']);
        let second = arena.push('b');
        assert_eq!((arena.len(), arena.next()), (1, LinkId(2)));
        assert_eq!((first, second), (LinkId(0), LinkId(1)));
        assert_eq!((arena.get(first), arena.get(second)), (None, Some(&'b')));
        assert_eq!(
            (arena.place(first), arena.place(second), arena.place(arena.next())),
            (None, Some(0), None)
        );
        assert_eq!(arena.ids().collect::<Vec<_>>(), [second]);
        arena.clear();
        assert_eq!((arena.len(), arena.get(second), arena.next()), (0, None, LinkId(2)));
    }
}
