//! The word index: which characters stand side by side in a record's search text.
//!
//! Chinese has no blanks between words, and most words have two characters, so every pair of neighbouring characters
//! is a token. A word of two characters is one token; of a longer word, all pairs are asked for, and what is found is
//! looked at again with the filter of its module, as every hit is. The last character before a blank or
//! an end is a token of its own, so that a single character is found as the beginning of some token.
//!
//! ASCII characters are moved to the private use area. Tokens then hold nothing that FTS5 could take for syntax
//! (quotes, operators, NUL), nothing that its tokenizer would split or fold, and nothing that JSON would have to escape.

use std::collections::BTreeSet;

/// Most pairs of one search that are asked of the index; the check afterwards knows the rest.
const MOST_PAIRS: usize = 32;

/// What the index holds of a search text in small letters: its tokens, separated by blanks.
pub(super) fn tokens(search: &str) -> String {
    // Each pair as a number: every entry that is written has a hundred of them to be sorted.
    let mut pairs: Vec<u64> = Vec::with_capacity(search.len() / 2);
    for run in search.split_whitespace() {
        let mut characters = run.chars().peekable();
        while let Some(first) = characters.next() {
            let second = characters.peek().map_or(0, |second| u64::from(*second) + 1);
            pairs.push(u64::from(first) << 32 | second);
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    let mut tokens = String::with_capacity(pairs.len() * 8);
    for pair in pairs {
        push(&mut tokens, pair >> 32);
        if let Some(second) = (pair & 0xFFFF_FFFF).checked_sub(1) {
            push(&mut tokens, second);
        }
        tokens.push(' ');
    }
    tokens
}

fn push(tokens: &mut String, code: u64) {
    if let Some(character) = u32::try_from(code).ok().and_then(char::from_u32) {
        tokens.push(moved(character));
    }
}

/// What to ask the index for words in small letters; `None` for no words.
pub(super) fn question(words: &[String]) -> Option<String> {
    let mut terms = BTreeSet::new();
    for word in words {
        let characters: Vec<char> = word.chars().collect();
        match characters.as_slice() {
            [] => {}
            [only] => {
                terms.insert(format!("\"{}\"*", token(&[*only])));
            }
            several => terms.extend(several.windows(2).take(MOST_PAIRS).map(|pair| format!("\"{}\"", token(pair)))),
        }
    }
    // Exact terms are the narrow ones: they come first.
    let mut terms: Vec<String> = terms.into_iter().take(MOST_PAIRS).collect();
    terms.sort_by_key(|term| term.ends_with('*'));
    (!terms.is_empty()).then(|| terms.join(" AND "))
}

/// Whether there are words, and none has a neighbour to ask for: the index answers with all that begins like them.
pub(super) fn only_single(words: &[String]) -> bool {
    !words.is_empty() && words.iter().all(|word| word.chars().nth(1).is_none())
}

fn token(characters: &[char]) -> String {
    characters.iter().map(|character| moved(*character)).collect()
}

fn moved(character: char) -> char {
    let code = u32::from(character);
    if code < 0x80 { char::from_u32(0xE000 + code).unwrap_or(character) } else { character }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn asked(words: &str) -> Option<String> {
        question(&words.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>())
    }

    #[test]
    fn two_characters_are_one_token_and_longer_words_are_all_their_pairs() {
        assert_eq!(asked("漏水").as_deref(), Some("\"漏水\""));
        assert_eq!(asked("水管漏").as_deref(), Some("\"水管\" AND \"管漏\""));
        assert_eq!(asked("漏").as_deref(), Some("\"漏\"*"));
        assert_eq!(asked(" \t "), None);
    }

    #[test]
    fn a_text_is_its_pairs_and_the_last_character_of_each_word_each_once() {
        assert_eq!(tokens("漏水漏水\n水"), "水 水漏 漏水 ");
        assert_eq!(tokens("a\0"), "\u{E000} \u{E061}\u{E000} ");
        assert_eq!(tokens(" "), "");
    }

    proptest! {
        #[test]
        fn tokens_are_what_json_says_as_it_is(text in any::<String>()) {
            let tokens = tokens(&text);
            prop_assert_eq!(serde_json::to_string(&tokens).unwrap(), format!("\"{tokens}\""));
        }

        #[test]
        fn nothing_that_is_typed_is_syntax(words in ".{0,40}") {
            let Some(question) = asked(&words) else { return Ok(()) };
            for term in question.split(" AND ") {
                let inner = term.trim_end_matches('*').trim_matches('"');
                prop_assert!(!inner.is_empty() && !inner.is_ascii() && inner.chars().all(|c| !c.is_ascii()));
            }
        }
    }
}
