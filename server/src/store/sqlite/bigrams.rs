//! The tokenizer of the bigram index, and its queries: which characters stand side by side in a record's search text.
//!
//! Chinese has no blanks between words, and most words have two characters, so every bigram (a pair of neighbouring
//! characters) is a token. A word of two characters is one token; of a longer word, all bigrams are asked for, and each hit
//! is checked with the filter of its module. The last character of a word is a token of its own, so that a single
//! character is found as the beginning of some token.
//!
//! Blanks and signs stand between words, in texts and in what is looked for: nobody looks for what meets at a comma.
//!
//! ASCII characters are moved to the private use area. Tokens then hold nothing that FTS5 could take for syntax
//! (quotes, operators, NUL), nothing that its tokenizer would split or fold, and nothing that JSON would have to escape.

use std::collections::BTreeSet;

/// Most bigrams of one search that are asked of the index; the check of each hit covers the rest.
const MOST_BIGRAMS: usize = 32;

/// The tokens of a search text in small letters, separated by blanks. A bigram that stands there twice is named twice: the
/// index drops the second faster than it could be found here.
pub(super) fn tokens(search: &str) -> String {
    let mut tokens = String::with_capacity(search.len() * 3);
    let mut before = None;
    for character in search.chars().chain([' ']) {
        let this = is_of_a_word(character).then(|| moved(character));
        if let Some(first) = before {
            tokens.push(first);
            tokens.extend(this);
            tokens.push(' ');
        }
        before = this;
    }
    tokens
}

fn is_of_a_word(character: char) -> bool {
    match character {
        ..='\u{7F}' => character.is_ascii_alphanumeric(),
        // Nearly all of Chinese.
        '\u{4E00}'..='\u{9FFF}' => true,
        _ => character.is_alphanumeric(),
    }
}

/// The FTS5 query for words in small letters; `None` where no character is one that the index holds.
pub(super) fn question(words: &[String]) -> Option<String> {
    let mut terms = BTreeSet::new();
    for word in words {
        let bigrams = bigrams(word);
        if bigrams.is_empty() {
            let singles = word.chars().filter(|character| is_of_a_word(*character));
            terms.extend(singles.take(MOST_BIGRAMS).map(|only| format!("\"{}\"*", token(&[only]))));
        } else {
            terms.extend(bigrams.iter().take(MOST_BIGRAMS).map(|bigram| format!("\"{}\"", token(bigram))));
        }
    }
    // Exact terms are the narrow ones: they come first.
    let mut terms: Vec<String> = terms.into_iter().take(MOST_BIGRAMS).collect();
    terms.sort_by_key(|term| term.ends_with('*'));
    (!terms.is_empty()).then(|| terms.join(" AND "))
}

/// Whether there are words and none has a bigram: the query is then for all tokens that begin with their characters.
pub(super) fn only_single(words: &[String]) -> bool {
    !words.is_empty() && words.iter().all(|word| bigrams(word).is_empty())
}

/// The pairs of neighbouring characters of a word.
fn bigrams(word: &str) -> Vec<[char; 2]> {
    let neighbours = word.chars().zip(word.chars().skip(1)).map(|(first, second)| [first, second]);
    neighbours.filter(|bigram| bigram.iter().copied().all(is_of_a_word)).collect()
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
    fn two_characters_are_one_token_and_longer_words_are_all_their_bigrams() {
        assert_eq!(asked("漏水").as_deref(), Some("\"漏水\""));
        assert_eq!(asked("水管漏").as_deref(), Some("\"水管\" AND \"管漏\""));
        assert_eq!(asked("漏").as_deref(), Some("\"漏\"*"));
        assert_eq!(asked(" \t "), None);
    }

    #[test]
    fn signs_are_looked_for_by_what_stands_around_them() {
        assert_eq!(asked("漏水，电梯").as_deref(), Some("\"漏水\" AND \"电梯\""));
        assert_eq!(asked("水，").as_deref(), Some("\"水\"*"));
        assert_eq!(asked("？！"), None);
        assert!(only_single(&["水，".to_owned(), "？".to_owned()]) && !only_single(&["漏水，".to_owned()]));
    }

    #[test]
    fn a_text_is_its_bigrams_and_the_last_character_of_each_word() {
        assert_eq!(tokens("漏水了\n水，电"), "漏水 水了 了 水 电 ");
        assert_eq!(tokens("a1\0"), "\u{E061}\u{E031} \u{E031} ");
        assert_eq!(tokens(" ，"), "");
    }

    proptest! {
        #[test]
        fn tokens_are_what_json_says_as_it_is(text in any::<String>()) {
            let tokens = tokens(&text);
            prop_assert_eq!(serde_json::to_string(&tokens).unwrap(), format!("\"{tokens}\""));
        }

        #[test]
        fn whatever_stands_in_a_text_is_proposed(text in "[漏水电，。a1-]{1,12}", from in 0..6_usize, length in 1..6_usize) {
            let word: String = text.chars().skip(from).take(length).collect();
            let Some(question) = question(&[word]) else { return Ok(()) };
            let tokens = tokens(&text);
            for term in question.split(" AND ") {
                let (asked, is_beginning) = (term.trim_matches(['"', '*']), term.ends_with('*'));
                let is_met = |token: &str| token == asked || (is_beginning && token.starts_with(asked));
                prop_assert!(tokens.split(' ').any(is_met), "{term} in {tokens}");
            }
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
