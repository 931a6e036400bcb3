//! Words that people write, told from letters that a program drew.

/// Whether a value has letters and digits.
pub(crate) fn is_mixed(value: &str) -> bool {
    value.bytes().any(|byte| byte.is_ascii_digit()) && value.bytes().any(|byte| byte.is_ascii_alphabetic())
}
pub(super) fn is_hexadecimal(value: &str) -> bool {
    value.bytes().all(|byte| byte.is_ascii_hexdigit())
}
pub(super) fn is_of_one_character(value: &str) -> bool {
    let mut characters = value.chars();
    characters.next().is_some_and(|first| characters.all(|character| character == first))
}

pub(super) fn longest_run(value: &str) -> usize {
    let (mut longest, mut run, mut before) = (0, 0, None);
    for byte in value.bytes() {
        run = if before == Some(byte) { run + 1 } else { 1 };
        before = Some(byte);
        longest = longest.max(run);
    }
    longest
}

/// Whether a part of a value is a word, a number, or a word with a number at its end.
pub(crate) fn is_word_like(part: &str) -> bool {
    let letters = part.trim_end_matches(|character: char| character.is_ascii_digit());
    let digits = part.len() - letters.len();
    if letters.is_empty() {
        return digits <= 12;
    }
    if digits > 4 || !letters.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return false;
    }
    let words = camel_words(letters);
    let is_long_enough = words.len() == 1 || letters.len() >= 3 * words.len();
    is_long_enough && words.iter().all(|word| is_word(word))
}

/// `customerAccount` as two words; a word of capitals is one.
pub(super) fn camel_words(letters: &str) -> Vec<&str> {
    let bytes = letters.as_bytes();
    let mut words = Vec::new();
    let mut start = 0;
    for index in 1..bytes.len() {
        let rises = bytes[index].is_ascii_uppercase() && bytes[index - 1].is_ascii_lowercase();
        let falls = index + 1 < bytes.len()
            && bytes[index].is_ascii_uppercase()
            && bytes[index - 1].is_ascii_uppercase()
            && bytes[index + 1].is_ascii_lowercase();
        if rises || falls {
            words.push(&letters[start..index]);
            start = index;
        }
    }
    words.push(&letters[start..]);
    words
}

/// For each letter, those that often follow it: 230 pairs, which make up 87 of 100 in English words and names of programs,
/// and 34 of 100 in random letters. Counted over 40,800 words of Python's and Perl's libraries.
const PAIRS: [&str; 26] = [
    "abcdgiklmnprstu",
    "aceilosu",
    "acehiklortu",
    "acdeilorstu",
    "abcdefgilmnopqrstvwx",
    "aefiloru",
    "aehilrs",
    "aeiot",
    "abcdefglmnoprstvxz",
    "aeou",
    "ei",
    "adeilostuy",
    "aeimopsy",
    "acdefginostuv",
    "abcdgklmnoprstuw",
    "aeiloprsty",
    "u",
    "acdegilmnorstuy",
    "acehilopstuy",
    "acdefhilmoprstuy",
    "abceilmnprst",
    "aei",
    "air",
    "ct",
    "pst",
    "e",
];

/// Whether letters could be a word of English or of programs.
fn is_word(word: &str) -> bool {
    const LONGEST: usize = 24;
    let lower = word.to_ascii_lowercase();
    let bytes = lower.as_bytes();
    if bytes.len() > LONGEST {
        return false;
    }
    if bytes.len() <= 4 {
        return true;
    }
    let pairs = bytes.len() - 1;
    let usual =
        bytes.windows(2).filter(|pair| PAIRS[usize::from(pair[0] - b'a')].as_bytes().contains(&pair[1])).count();
    // Two of three; of long words three of four.
    if pairs < 8 { usual * 3 >= pairs * 2 } else { usual * 4 >= pairs * 3 }
}

/// Shannon entropy, in bits a character.
pub(crate) fn bits_per_character(value: &str) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in value.bytes() {
        counts[usize::from(byte)] += 1;
    }
    let total = f64::from(u32::try_from(value.len()).unwrap_or(u32::MAX));
    counts
        .into_iter()
        .filter(|count| *count > 0)
        .map(|count| {
            let share = f64::from(count) / total;
            -share * share.log2()
        })
        .sum()
}
