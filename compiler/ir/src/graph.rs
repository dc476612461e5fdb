//! Which resource waits for which, and what goes in circles.
//!
//! Invariant: iterative, so that the longest chain costs no stack; the order of components depends on ids alone.

/// Edges from each node to what it waits for.
pub(crate) struct Graph {
    edges: Vec<Vec<u32>>,
}

impl Graph {
    pub(crate) fn new(nodes: usize) -> Self {
        Self { edges: vec![Vec::new(); nodes] }
    }

    pub(crate) fn add(&mut self, from: usize, to: usize) {
        if let (Some(edges), Ok(to)) = (self.edges.get_mut(from), u32::try_from(to)) {
            edges.push(to);
        }
    }

    pub(crate) fn edges(&self, of: usize) -> impl Iterator<Item = usize> + '_ {
        self.edges.get(of).into_iter().flatten().map(|e| *e as usize)
    }

    /// Strongly connected components (Tarjan), each after everything it waits for; and the component of each node.
    pub(crate) fn components(&self) -> (Vec<Vec<usize>>, Vec<usize>) {
        const UNSEEN: usize = usize::MAX;
        let count = self.edges.len();
        let (mut index, mut low) = (vec![UNSEEN; count], vec![0; count]);
        let mut component = vec![UNSEEN; count];
        let (mut stack, mut components, mut next) = (Vec::new(), Vec::new(), 0);
        let mut work: Vec<(usize, usize)> = Vec::new();
        let get = |v: &Vec<usize>, i: usize| v.get(i).copied().unwrap_or(UNSEEN);
        let set = |v: &mut Vec<usize>, i: usize, value: usize| {
            if let Some(slot) = v.get_mut(i) {
                *slot = value;
            }
        };
        for start in 0..count {
            if get(&index, start) != UNSEEN {
                continue;
            }
            work.push((start, 0));
            while let Some((node, edge)) = work.pop() {
                if edge == 0 {
                    set(&mut index, node, next);
                    set(&mut low, node, next);
                    next += 1;
                    stack.push(node);
                }
                let edges = self.edges.get(node).map(Vec::as_slice).unwrap_or_default();
                if let Some(target) = edges.get(edge).map(|e| *e as usize) {
                    work.push((node, edge + 1));
                    if get(&index, target) == UNSEEN {
                        work.push((target, 0));
                    } else if get(&component, target) == UNSEEN {
                        let least = get(&low, node).min(get(&index, target));
                        set(&mut low, node, least);
                    }
                    continue;
                }
                if get(&low, node) == get(&index, node) {
                    let mut members = Vec::new();
                    while let Some(member) = stack.pop() {
                        set(&mut component, member, components.len());
                        members.push(member);
                        if member == node {
                            break;
                        }
                    }
                    members.sort_unstable();
                    components.push(members);
                }
                if let Some((parent, _)) = work.last() {
                    let least = get(&low, *parent).min(get(&low, node));
                    set(&mut low, *parent, least);
                }
            }
        }
        (components, component)
    }

    /// A shortest way from a node back to itself, the node first; empty where there is none.
    pub(crate) fn cycle_through(&self, start: usize) -> Vec<usize> {
        let mut from = vec![usize::MAX; self.edges.len()];
        let mut queue = std::collections::VecDeque::from([start]);
        while let Some(node) = queue.pop_front() {
            for target in self.edges(node) {
                if target == start {
                    let mut path = vec![node];
                    let mut at = node;
                    while at != start {
                        at = from.get(at).copied().unwrap_or(start);
                        path.push(at);
                    }
                    path.reverse();
                    return path;
                }
                if let Some(slot) = from.get_mut(target)
                    && *slot == usize::MAX
                {
                    *slot = node;
                    queue.push_back(target);
                }
            }
        }
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::Graph;

    fn graph(nodes: usize, edges: &[(usize, usize)]) -> Graph {
        let mut graph = Graph::new(nodes);
        edges.iter().for_each(|(a, b)| graph.add(*a, *b));
        graph
    }

    #[test]
    fn components_come_after_what_they_wait_for() {
        let (components, of) = graph(5, &[(0, 1), (1, 2), (2, 1), (3, 0), (4, 4)]).components();
        assert_eq!(components, [vec![1, 2], vec![0], vec![3], vec![4]]);
        assert_eq!(of, [1, 0, 0, 2, 3]);
    }

    #[test]
    fn a_cycle_is_shown_from_its_start() {
        assert_eq!(graph(4, &[(0, 1), (1, 2), (2, 0), (1, 3)]).cycle_through(0), [0, 1, 2]);
        assert_eq!(graph(2, &[(1, 1)]).cycle_through(1), [1]);
        assert!(graph(2, &[(0, 1)]).cycle_through(0).is_empty());
    }

    #[test]
    fn a_long_chain_needs_no_stack() {
        let edges: Vec<(usize, usize)> = (0..200_000).map(|i| (i, i + 1)).collect();
        assert_eq!(graph(200_001, &edges).components().0.len(), 200_001);
    }
}
