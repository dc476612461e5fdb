//! Which known name a misspelt one most likely meant.

/// The candidate nearest to `name`, if one is near enough to be worth saying.
///
/// Case and `_`/`-` are ignored first; then Damerau-Levenshtein distance up to a third of the length.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let fold = |s: &str| {
        s.chars().filter(|c| *c != '_' && *c != '-').flat_map(char::to_lowercase).collect::<String>()
    };
    let wanted = fold(name);
    let limit = (wanted.chars().count() / 3).clamp(1, 3);
    let mut best: Option<(usize, &'a str)> = None;
    for candidate in candidates {
        let folded = fold(candidate);
        let distance = if folded == wanted { 0 } else { strsim::damerau_levenshtein(&wanted, &folded) };
        let near = distance <= limit || (wanted.len() >= 4 && folded.starts_with(&wanted));
        let score = if distance <= limit { distance } else { limit + 1 };
        if near && best.is_none_or(|(b, name)| (score, candidate) < (b, name)) {
            best = Some((score, candidate));
        }
    }
    best.map(|(_, name)| name)
}
